import { z } from "zod";
import { modelStages } from "../domain/entities.ts";
import { message, name, text } from "./message.ts";
import { doneWords } from "./pages.ts";
import { filesShape } from "./pages_files.ts";
import { chartShape } from "./pages_run.ts";

/** The query strings and forms of the registry's pages. What is not known means the usual choice, as in `pages.ts`. */

const words = text.default("").transform((value) => value.trim());
const many = z.preprocess((value) => value === undefined ? [] : [value].flat(), z.array(text));
const flag = z.preprocess(
  (value) => value !== undefined && value !== "" && value !== "0" && value !== "false",
  z.boolean(),
);
const page_token = text.optional().transform((value) => value || undefined);
const done = z.enum([...doneWords, "asked", "approved", "rejected", "cancelled", "sent"]).optional().catch(undefined);
const number = z.preprocess(Number, z.int().min(1)).optional().catch(undefined);

export const modelKinds = ["models", "prompts"] as const;
export type ModelKind = (typeof modelKinds)[number];
export const modelOrders = ["name", "updated"] as const;

export const ModelsQuery = message({
  /** MLflow's filter language, or words that a name holds. */
  filter: words,
  kind: z.enum(modelKinds).catch("models"),
  order_by: z.enum(modelOrders).catch("updated"),
  page_token,
  /** The form of a new one is open. */
  create: flag,
  done,
  /** The name of what is gone. */
  touched: text.optional(),
});
export type ModelsQuery = z.output<typeof ModelsQuery>;

export const modelTabs = ["versions", "requests", "webhooks", "activity"] as const;

export const ModelQuery = message({
  name,
  tab: z.enum(modelTabs).catch("versions"),
  stage: z.enum(modelStages).optional().catch(undefined),
  /** What a version's number, description, aliases or tags hold. */
  search: words,
  /** Versions below this number. */
  before: number,
  metrics: many,
  /** As many versions as one picture holds, instead of those in use and the newest. */
  lineage: z.literal("all").optional().catch(undefined),
  /** Of the activity or the requests. */
  page_token,
  /** A run or a logged model to register; its form is open, also when it is empty. */
  register: text.optional(),
  /** Asks before the model is deleted. */
  confirm: z.literal("delete").optional().catch(undefined),
  wrong: flag,
  /** The webhook that is looked into. */
  webhook: text.optional(),
  /** What it answered to a test: a status of HTTP, 0 for nothing. */
  status: z.preprocess(Number, z.int().min(0).max(999)).optional().catch(undefined),
  done,
});
export type ModelQuery = z.output<typeof ModelQuery>;

export const VersionQuery = message({
  name,
  version: name,
  ...filesShape,
  page_token,
  /** What was typed to confirm was something else. */
  wrong: flag,
  done,
});
export type VersionQuery = z.output<typeof VersionQuery>;

/** `versions=1,2,5` and `versions=1&versions=2`, each once. */
const versions = many.transform((
  values,
) => [...new Set(values.flatMap((value) => value.split(",")).map((one) => one.trim()).filter((one) => one !== ""))]);

export const CompareVersionsQuery = message({
  name,
  versions,
  baseline: text.optional(),
  only: z.enum(["diff", "all"]).catch("diff"),
  /** Metrics whose curves are shown; none: the page chooses. */
  metric: many,
  ...chartShape,
});
export type CompareVersionsQuery = z.output<typeof CompareVersionsQuery>;

/** Who does it, and why. */
const by = { who: words.optional(), comment: words };

export const CreateModelForm = message({ name, description: words, owner: words, ...by });
export const DescribeModelForm = message({ name, description: words, ...by });
export const RenameModelForm = message({ name, new_name: words, ...by });
export const DeleteModelForm = message({ name, typed: text.default(""), ...by });
export const ModelTagForm = message({ name, key: name, value: text.default(""), ...by });
export const DeleteModelTagForm = message({ name, key: name, ...by });
export const ModelAliasForm = message({ name, alias: words, version: words, ...by });
export const DeleteModelAliasForm = message({ name, alias: name, ...by });
export const RegisterForm = message({ name, from: words, description: words, ...by });

const which = { name, version: name };
export const StageForm = message({ ...which, stage: words, archive: flag, ask: flag, ...by });
export const VersionAliasForm = message({ ...which, alias: words, ask: flag, ...by });
export const DescribeVersionForm = message({ ...which, description: words, ...by });
export const DeleteVersionForm = message({ ...which, typed: text.default(""), ...by });
export const VersionTagForm = message({ ...which, key: name, value: text.default(""), ...by });
export const DeleteVersionTagForm = message({ ...which, key: name, ...by });

export const verdicts = ["approve", "reject", "cancel"] as const;
export const DecideForm = message({
  name,
  request_id: name,
  verdict: z.enum(verdicts),
  archive: flag,
  ...by,
});
export const TestWebhookForm = message({ name, webhook_id: name });

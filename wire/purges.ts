import { z } from "zod";
import { binKinds, purgeItemStates, purgeStates } from "../domain/purges.ts";
import { bool, int64, list, message, name, text } from "./message.ts";

/** Beyond MLflow: what is in the bin, and its removal for good. */

const ids = { experiment_ids: list(name), run_ids: list(name), logged_model_ids: list(name) };

export const PurgeRequest = message({
  ...ids,
  all: bool.default(false),
  older_than_ms: int64.exactOptional(),
  force: bool.default(false),
  dry_run: bool.default(false),
});
export const RestoreRequest = message(ids);
export const PurgeById = message({ purge_id: name });
export const PageRequest = message({ max_results: int64.default(100), page_token: text.exactOptional() });

const kind = z.enum(binKinds);
const int = z.int();
const time = z.int().describe("Milliseconds since the epoch.");
const texts = z.array(z.string());

export const Purge = z.object({
  purge_id: z.string(),
  asked: z.object({ experiment_ids: texts, run_ids: texts, logged_model_ids: texts }).exactOptional()
    .describe("What it is about; absent for all that was in the bin."),
  until: z.int().describe("What was deleted later is left. Milliseconds since the epoch."),
  force: z.boolean().describe("Whether what versions of registered models point to goes, too."),
  automatic: z.boolean().describe("Whether WEIR_BIN_DAYS asked for it."),
  state: z.enum(purgeStates),
  cancelling: z.boolean().describe("Whether somebody asked it to end."),
  total: int.exactOptional().describe("Experiments, runs and logged models; absent before it has begun."),
  done: int.describe("Of the total, what is gone."),
  kept: int.describe("Of the total, what stays in the bin."),
  files: int.describe("Files that were removed, as far as they were noted."),
  bytes: int.describe("Bytes of these files."),
  error: z.string().exactOptional().describe("What went wrong last."),
  created_time: time,
  started_time: time.exactOptional(),
  ended_time: time.exactOptional(),
  next_attempt: time.exactOptional().describe("When it goes on."),
}).meta({ id: "Purge" });

export const PurgeItem = z.object({
  kind,
  id: z.string(),
  experiment_id: z.string(),
  name: z.string(),
  state: z.enum(purgeItemStates),
  reason: z.string().describe("Why it is kept or waits, or what became of its files."),
}).meta({ id: "PurgeItem" });

export const PurgePlan = z.object({
  experiments: int,
  runs: int,
  logged_models: int,
  traces: int,
  files: int.describe("As far as they are noted."),
  bytes: int,
  kept: int.describe("What would stay in the bin."),
  items: z.array(PurgeItem).describe("What would be kept and why: the first thousand."),
}).meta({ id: "PurgePlan" });

export const AskedPurge = z.object({
  purge: Purge.exactOptional(),
  plan: PurgePlan.exactOptional().describe("With `dry_run`, instead of a purge."),
});
export const OnePurge = z.object({ purge: Purge });
export const PurgeWithItems = z.object({
  purge: Purge,
  items: z.array(PurgeItem).describe("What there is to say of single things: the first thousand."),
});
export const Purges = z.object({ purges: z.array(Purge), next_page_token: z.string().exactOptional() });

export const BinEntry = z.object({
  kind,
  id: z.string(),
  name: z.string(),
  experiment_id: z.string(),
  experiment_name: z.string(),
  deleted_time: time,
  purge_at: z.int().exactOptional().describe("When the server purges it by itself. Milliseconds since the epoch."),
  runs: int.exactOptional().describe("Runs of an experiment, which lie in the bin with it."),
  files: int.describe("As far as they are noted."),
  bytes: int,
  purge_id: z.string().exactOptional().describe("The purge that is at it."),
}).meta({ id: "BinEntry" });
export const Bin = z.object({
  entries: z.array(BinEntry),
  next_page_token: z.string().exactOptional(),
  bin_days: int.exactOptional().describe("After how many days the server purges by itself: WEIR_BIN_DAYS."),
});

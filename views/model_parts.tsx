import type { KeyValue, ModelStage, ModelVersion } from "../domain/entities.ts";
import { modelStages } from "../domain/entities.ts";
import { promptTag } from "../domain/filter/prompts.ts";
import { compareNames } from "../domain/metric_names.ts";
import { promptTextTag } from "../domain/registry.ts";
import { href, type Path, path, type Query } from "./links.ts";
import { Badge } from "./parts.tsx";

/** What the pages of the registry have in common. */

export const modelHref = (name: string, query: Query = {}): string => href(path`/models/${name}`, query);

export const versionHref = (name: string, version: string, query: Query = {}): string =>
  href(path`/models/${name}/versions/${version}`, query);

/** The page of an artifact of a version. */
export const versionFileHref = (name: string, version: string, file: string): string =>
  href(path`/model-versions/get-artifact`, { name, version, path: file });

/** Tags that people set: all but MLflow's own. */
export const ownTags = (tags: readonly KeyValue[] = []): KeyValue[] =>
  tags.filter(({ key }) => !key.startsWith("mlflow.") && !key.startsWith("_mlflow"))
    .toSorted((a, b) => compareNames(a.key, b.key));

export const isPromptTagged = (tags: readonly KeyValue[] = []): boolean =>
  tags.some(({ key, value }) => key === promptTag && value.toLowerCase() === "true");

/** Whose a model is: as its tag says, or as the registry knows. */
export const ownerOf = ({ tags = [], user_id }: { tags?: KeyValue[]; user_id?: string }): string =>
  tags.find(({ key }) => key === "owner")?.value || user_id || "";

/** The stage of a version: one that serves people stands out. */
export function Stage({ stage }: { stage: ModelStage }) {
  return stage === "Production" ? <b class="stage">{stage}</b> : <span class="mut">{stage}</span>;
}

export function Aliases({ aliases = [] }: { aliases?: readonly string[] | undefined }) {
  return (
    <span class="marks">
      {aliases.map((alias) => (
        <Badge accent>
          <bdi>{alias}</bdi>
        </Badge>
      ))}
    </span>
  );
}

const tagText = ({ key, value }: KeyValue): string => value === "" ? key : `${key}: ${value}`;

/** Three tags of people's own, and how many more. */
export function TagBadges({ tags = [] }: { tags?: readonly KeyValue[] | undefined }) {
  const own = ownTags(tags).filter(({ key }) => key !== "owner");
  const rest = own.slice(3);
  return (
    <span class="marks">
      {own.slice(0, 3).map((tag) => (
        <span class="badge" title={tagText(tag)}>
          <bdi>{tagText(tag).slice(0, 40)}</bdi>
        </span>
      ))}
      {rest.length > 0 && <span class="mut" title={rest.map(tagText).join("\n")}>+{rest.length}</span>}
    </span>
  );
}

export interface FollowedRegistry {
  /** The model that the page is about; left out where it is about all. */
  name?: string;
  /** The transaction from which on the page is to be told what is done. */
  since: number;
}

export const liveScripts = ["registry.js", "live_page.js"] as const;

/** `registry.js` makes the page anew when somebody changes something. */
export const LiveRegistry = ({ name, since }: FollowedRegistry) => (
  <span class="live needsjs" id="live" data-events={href(path`/registry/events`, { name, since })}>Live</span>
);

/** Says who does it, and why. `who` is what this browser was told before. */
export function Why({ who, comment = "Comment" }: { who: string; comment?: string | undefined }) {
  return (
    <>
      <label>
        {comment}
        <textarea name="comment" rows={2} maxlength={5000} placeholder="Goes into the timeline" dir="auto"></textarea>
      </label>
      <Who who={who} />
    </>
  );
}

export function Who({ who }: { who: string }) {
  return (
    <label>
      Your name
      <input type="text" name="who" value={who} maxlength={100} autocomplete="name" dir="auto" />
    </label>
  );
}

export function StageOptions({ current }: { current?: ModelStage | undefined }) {
  return (
    <>
      {modelStages.filter((stage) => stage !== current).map((stage) => (
        <option value={stage} selected={stage === (current === "Staging" ? "Production" : "Staging")}>{stage}</option>
      ))}
    </>
  );
}

/** What people wrote of a model or a version, to be written anew. */
export function DescribeForm({ to, text, who }: { to: Path; text: string | undefined; who: string }) {
  return (
    <form class="form" method="post" action={href(to)}>
      <label>
        Description
        <textarea name="description" rows={6} cols={48} placeholder="Markdown" dir="auto">{text}</textarea>
      </label>
      <Who who={who} />
      <div class="acts">
        <button type="submit" class="pri">Save</button>
      </div>
    </form>
  );
}

/** The beginning of a prompt's text, in a line. */
export const promptHead = (version: ModelVersion | undefined): string =>
  (version?.tags?.find(({ key }) => key === promptTextTag)?.value ?? "").slice(0, 300).toWellFormed()
    .replaceAll(/\s+/g, " ");

export const doneTexts: Readonly<Record<string, string>> = {
  created: "It was registered.",
  changed: "Saved.",
  deleted: "It was deleted.",
  asked: "The request waits for a decision.",
  approved: "Approved and done.",
  rejected: "The request was rejected.",
  cancelled: "The request was taken back.",
};

export function DoneNote({ done }: { done: string | undefined }) {
  const text = doneTexts[done ?? ""];
  if (text === undefined) return null;
  return (
    <div class="note" role="status">
      <p>{text}</p>
    </div>
  );
}

import type { RegistryAction, RegistryEntity } from "./registry_events.ts";

/** What happened in the registry, in a line for people. */

export interface Happening {
  entity: RegistryEntity;
  action: RegistryAction;
  /** Of the model at that time. */
  name: string;
  version?: string;
  detail: Readonly<Record<string, unknown>>;
}

const text = (value: unknown): string => typeof value === "string" ? value : value === undefined ? "" : String(value);

/** Values of tags are shown so far. */
const longestValue = 80;

function short(value: unknown): string {
  const whole = text(value).replaceAll(/\s+/g, " ");
  return whole.length <= longestValue ? whole : `${whole.slice(0, longestValue).toWellFormed()}…`;
}

/** "version 14: None → Staging", "alias champion: 10 → 12". */
export function storyOf({ entity, action, version, detail }: Happening): string {
  if (entity === "transition_request") return requestStory(action, version, detail);
  if (entity.endsWith("_alias")) return aliasStory(action, version, detail);
  if (entity.endsWith("_tag")) return tagStory(action, version, detail);
  const subject = version === undefined ? (entity === "prompt" ? "prompt" : "model") : `version ${version}`;
  switch (action) {
    case "created":
      return version === undefined ? `${subject} created` : `${subject} registered`;
    case "renamed":
      return `renamed: ${text(detail.from)} → ${text(detail.to)}`;
    case "stage_changed":
      return `${subject}: ${text(detail.from)} → ${text(detail.to)}${
        detail.replaced_by === undefined ? "" : `, makes room for ${text(detail.replaced_by)}`
      }`;
    case "updated":
      return `${version === undefined ? "" : `${subject}: `}description changed`;
    default:
      return `${subject} ${action}`;
  }
}

function aliasStory(action: RegistryAction, version = "", { alias, from }: Happening["detail"]): string {
  const subject = `alias ${text(alias)}`;
  if (action === "deleted") return `${subject} taken from ${version}`;
  return from === undefined ? `${subject}: ${version}` : `${subject}: ${text(from)} → ${version}`;
}

function tagStory(action: RegistryAction, version: string | undefined, { key, from, to }: Happening["detail"]): string {
  const subject = `${version === undefined ? "" : `version ${version}, `}tag ${short(key)}`;
  if (action === "deleted") return `${subject} removed`;
  return from === undefined ? `${subject}: ${short(to)}` : `${subject}: ${short(from)} → ${short(to)}`;
}

function requestStory(action: RegistryAction, version = "", { stage, alias }: Happening["detail"]): string {
  const asked = stage === undefined
    ? `alias ${text(alias)} for version ${version}`
    : `version ${version} to ${text(stage)}`;
  const verbs: Partial<Record<RegistryAction, string>> = { created: "asks", cancelled: "took back" };
  return `${verbs[action] ?? action}: ${asked}`;
}

/** Whose request the change fulfils. */
export function approvedRequester({ detail }: Happening): string | undefined {
  const { approves } = detail;
  return typeof approves === "object" && approves !== null && "who" in approves ? text(approves.who) : undefined;
}

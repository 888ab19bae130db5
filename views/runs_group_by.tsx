import { columnName } from "../domain/columns.ts";
import { groupFacts, groupOf } from "../domain/run_groups.ts";
import type { RunsQuery } from "../wire/pages.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { href, type Query } from "./links.ts";
import type { AvailableColumns } from "./runs_columns.tsx";
import { runsPath, runsQuery } from "./runs_links.ts";
import { swaps } from "./view_form.tsx";

export interface GroupByProps {
  experiment_id: string;
  view: RunsQuery;
  available: AvailableColumns;
}

/** So many keys of a kind can be chosen; an address takes any. */
const listed = 200;

const factNames: Record<(typeof groupFacts)[number], string> = {
  user_id: "user",
  status: "status",
  source: "source",
  commit: "commit",
  dataset: "dataset",
};

/** By which param, tag or fact the runs are grouped. */
export function GroupBy({ experiment_id, view, available }: GroupByProps) {
  const others = { ...runsQuery(view), group: undefined, group_order: undefined, open: undefined };
  return <GroupForm action={href(runsPath(experiment_id))} group={view.group} available={available} others={others} />;
}

export interface GroupFormProps {
  action: string;
  group: string | undefined;
  available: Pick<AvailableColumns, "params" | "tags">;
  /** The rest of the view. */
  others: Query;
  /** Before the choice; "Group by" when nobody says. */
  label?: string;
  /** The part of the page that changes, where it is not all of it. */
  part?: string;
}

export function GroupForm({ action, group, available, others, label = "Group by", part }: GroupFormProps) {
  const current = groupOf(group);
  const chosen = current === undefined ? "" : columnName(current);
  const facts = groupFacts.map((key): [string, string] => [`attributes.${key}`, factNames[key]]);
  const named = (kind: string, keys: readonly string[]) =>
    keys.slice(0, listed).map((key): [string, string] => [`${kind}.${key}`, key]);
  const [params, tags] = [named("params", available.params), named("tags", available.tags)];
  const isListed = [...facts, ...params, ...tags].some(([value]) => value === chosen);
  return (
    <form class={chosen === "" ? "by" : "by on"} action={action} hx-boost={part && swaps(part)}>
      <HiddenFields query={others} />
      <label for="group">{label}</label>
      <select id="group" name="group" data-submits>
        <option value="">none</option>
        {current !== undefined && !isListed && <option value={chosen} selected>{current.key}</option>}
        <Keys title="Run" keys={facts} chosen={chosen} />
        <Keys title="Params" keys={params} chosen={chosen} />
        <Keys title="Tags" keys={tags} chosen={chosen} />
      </select>
      <button type="submit" class="nojs">Group</button>
    </form>
  );
}

function Keys({ title, keys, chosen }: { title: string; keys: readonly [string, string][]; chosen: string }) {
  if (keys.length === 0) return null;
  return (
    <optgroup label={title}>
      {keys.map(([value, text]) => <option value={value} selected={value === chosen || undefined}>{text}</option>)}
    </optgroup>
  );
}

import { type ColumnKind, columnName } from "../domain/columns.ts";
import { count } from "../domain/format.ts";
import { factKeys, type RunsView } from "../domain/runs_view.ts";
import type { RunsQuery } from "../wire/pages.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href } from "./links.ts";
import { Menu } from "./parts.tsx";
import { runsHref, runsPath, runsQuery } from "./runs_links.ts";

/** Every key of the experiment (or the first few thousand) that can be a column. */
export interface AvailableColumns {
  metrics: readonly string[];
  params: readonly string[];
  tags: readonly string[];
}

export interface ColumnsPickerProps {
  experiment_id: string;
  view: RunsQuery;
  columns: RunsView;
  available: AvailableColumns;
}

/** So many keys of a kind can be ticked; others can be named. */
const listed = 200;

/** Which columns the table has: a menu with a GET form. */
export function ColumnsPicker({ experiment_id, view, columns, available }: ColumnsPickerProps) {
  const { metrics, params, tags, facts } = columns;
  const shown = metrics.length + params.length + tags.length + facts.length;
  const all = available.metrics.length + available.params.length + available.tags.length + factKeys.length;
  const chosenHere = view.columns.length === 0;
  const others = { ...runsQuery(view), columns: undefined, differ: undefined };
  return (
    <Menu icon="columns" text="Columns" note={`${shown} of ${count(Math.max(all, shown))}`}>
      <form class="picker" action={href(runsPath(experiment_id))}>
        <HiddenFields query={others} />
        <div class="kinds">
          <Keys kind="metrics" title="Metrics" keys={available.metrics} shown={metrics} />
          <Params keys={available.params} columns={columns} differ={chosenHere || view.differ === "only"} />
          <Keys kind="tags" title="Tags" keys={available.tags} shown={tags} />
          <Keys kind="attributes" title="Run" keys={factKeys} shown={facts} />
        </div>
        <div class="acts">
          {!chosenHere && (
            <a href={runsHref(experiment_id, view, { columns: undefined, differ: undefined })}>Let the page choose</a>
          )}
          <span class="grow" />
          <button type="submit" class="pri">Show these</button>
        </div>
      </form>
    </Menu>
  );
}

interface KeysProps {
  kind: ColumnKind;
  title: string;
  keys: readonly string[];
  shown: readonly { key: string }[];
  /** Keys with one value in all rows. */
  same?: ReadonlySet<string>;
}

function Keys(props: KeysProps) {
  if (props.keys.length === 0) return null;
  return (
    <fieldset>
      <legend>{props.title}</legend>
      <KeyList {...props} />
    </fieldset>
  );
}

function Params({ keys, columns, differ }: { keys: readonly string[]; columns: RunsView; differ: boolean }) {
  if (keys.length === 0) return null;
  const same = new Set(columns.known.params.filter((key) => !columns.differing.has(key)));
  return (
    <fieldset>
      <legend>Params</legend>
      <label class="sw">
        <input type="checkbox" name="differ" value="only" checked={differ || undefined} /> Only those that differ
      </label>
      <KeyList kind="params" title="Params" keys={keys} shown={columns.params} same={same} />
    </fieldset>
  );
}

/** Where a column stands among those of its kind. With JavaScript they move at once; without it the page does it. */
function Moves({ column, name }: { column: string; name: string }) {
  return (
    <span class="moves">
      <button
        type="submit"
        class="ghost"
        name="move"
        value={`${column} up`}
        aria-label={`${name} further to the front`}
      >
        <Icon name="up" />
      </button>
      <button type="submit" class="ghost" name="move" value={`${column} down`} aria-label={`${name} further back`}>
        <Icon name="down" />
      </button>
    </span>
  );
}

function KeyList({ kind, title, keys, shown, same }: KeysProps) {
  const ticked = new Set(shown.map(({ key }) => key));
  const first = shown.map(({ key }) => key);
  const rest = keys.filter((key) => !ticked.has(key)).slice(0, Math.max(0, listed - first.length));
  const left = keys.length - first.length - rest.length;
  return (
    <>
      <ul>
        {[...first, ...rest].map((key) => (
          <li class={same?.has(key) ? "same" : undefined}>
            <label title={key.length > 28 ? key : undefined}>
              <input
                type="checkbox"
                name="columns"
                value={columnName({ kind, key })}
                checked={ticked.has(key) || undefined}
              />
              {kind === "attributes" ? key.replace("_id", "") : key}
            </label>
            {ticked.has(key) && first.length > 1 && <Moves column={columnName({ kind, key })} name={key} />}
          </li>
        ))}
      </ul>
      {left > 0 && (
        <label class="more">
          {count(left)} more: name one
          <input type="text" name="columns" placeholder={`${kind}.name`} aria-label={`Another column of ${title}`} />
        </label>
      )}
    </>
  );
}

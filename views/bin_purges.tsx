import { bytes, count, counted } from "../domain/format.ts";
import { kindWords, type Purge, type PurgeItem } from "../domain/purges.ts";
import { href, path } from "./links.ts";
import { Panel, Time } from "./parts.tsx";
import { Polls } from "./polls.tsx";

export interface ShownPurge {
  purge: Purge;
  /** Of single things: the first ones. */
  items: readonly PurgeItem[];
}

/** Purges under way, looked at again every two seconds, and those that ended last. */
export function Purges({ purges, now }: { purges: readonly ShownPurge[]; now: number }) {
  if (purges.length === 0) return <div id="purges"></div>;
  const goOn = purges.some(({ purge }) => purge.ended_time === undefined);
  return (
    <div id="purges" class="page purging">
      {goOn && <Polls address={href(path`/bin`, { only: "purges" })} part="#purges" />}
      <Panel
        title="Purges"
        note={goOn ? "under way" : undefined}
        actions={<a class="btn" href={href(path`/bin`)}>Look again</a>}
      >
        <ul class="purges">{purges.map((shown) => <OnePurge {...shown} now={now} />)}</ul>
      </Panel>
    </div>
  );
}

function OnePurge({ purge, items, now }: ShownPurge & { now: number }) {
  const { purge_id, state, total, done, kept, files, error, ended_time } = purge;
  return (
    <li id={`purge-${purge_id}`}>
      <div class="line">
        <b>{stateWords(purge)}</b>
        <span>{subject(purge)}</span>
        <span class="mut">
          asked <Time at={purge.created_time} now={now} /> {purge.created_time > now - 60_000 ? "" : "ago"}
          {purge.automatic && " by the retention of the bin"}
        </span>
        {ended_time === undefined && !purge.cancelling && (
          <form method="post" action={href(path`/bin/purges/${purge_id}/cancel`)}>
            <button type="submit" id={`cancel-${purge_id}`}>Cancel</button>
          </form>
        )}
      </div>
      {ended_time === undefined && (
        <progress max={total ?? 1} value={total === undefined ? undefined : done + kept} aria-label="Progress">
        </progress>
      )}
      <p class="mut">
        {count(done)}
        {total !== undefined && state !== "done" && ` of ${count(total)}`} removed, {counted(files, "file")}{" "}
        ({bytes(purge.bytes)}){kept > 0 && `, ${count(kept)} kept`}
      </p>
      {error !== undefined && (
        <p class="bad">
          {error.replace(/\.?$/, ".")} {purge.next_attempt !== undefined && (
            <>
              Goes on <Time at={purge.next_attempt} />.
            </>
          )}
        </p>
      )}
      <KeptItems items={items} total={kept} />
    </li>
  );
}

function stateWords({ state, cancelling, next_attempt, error }: Purge): string {
  if (state === "running" && cancelling) return "Cancelling";
  if (state === "running" && next_attempt !== undefined && error !== undefined) return "Waiting";
  const words = { queued: "Queued", running: "Purging", done: "Done", failed: "Failed", cancelled: "Cancelled" };
  return words[state];
}

function subject({ asked }: Purge): string {
  if (asked === undefined) return "everything in the bin";
  const parts = [
    [asked.experiment_ids, "experiment"],
    [asked.run_ids, "run"],
    [asked.logged_model_ids, "logged model"],
  ] as const;
  return parts.filter(([ids]) => ids.length > 0).map(([ids, noun]) => counted(ids.length, noun)).join(", ");
}

/** Single things and what there is to say of them; `total` are kept. */
export function KeptItems({ items, total }: { items: readonly PurgeItem[]; total: number }) {
  const more = total - items.filter(({ state }) => state === "kept").length;
  if (items.length === 0) return null;
  return (
    <ul class="kept">
      {items.map(({ kind, id, experiment_id, name, state, reason }) => (
        <li>
          {state === "kept" ? "Kept: " : ""}
          {kindWords[kind]}{" "}
          <ItemName kind={kind} id={id} name={name} experiment_id={experiment_id} gone={state === "done"} />
          {": "}
          {reason}
        </li>
      ))}
      {more > 0 && <li class="mut">and {count(more)} more</li>}
    </ul>
  );
}

export function ItemName(
  { kind, id, name, gone }: Pick<PurgeItem, "kind" | "id" | "name" | "experiment_id"> & { gone: boolean },
) {
  const text = <bdi>{name === "" ? id : name}</bdi>;
  if (gone || kind === "logged_model") return <b title={id}>{text}</b>;
  return <a href={kind === "run" ? href(path`/runs/${id}`) : href(path`/experiments/${id}`)}>{text}</a>;
}

import { bytes, counted } from "../domain/format.ts";
import { type BinEntry, day, kindWords } from "../domain/purges.ts";
import type { BinQuery } from "../wire/pages_bin.ts";
import { Confirm, type ConfirmProps } from "./bin_confirm.tsx";
import { ItemName, Purges, type ShownPurge } from "./bin_purges.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Dot, Empty, PageFoot, PageHead, Time } from "./parts.tsx";
import { Shell } from "./shell.tsx";

export interface BinPageProps {
  view: BinQuery;
  /** One page, what was deleted last first. */
  entries: readonly BinEntry[];
  next_page_token?: string | undefined;
  purges: readonly ShownPurge[];
  /** What is to be purged, before it is. */
  confirm: ConfirmProps | undefined;
  /** After how many days things are purged without anybody asking. */
  binDays: number | undefined;
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/bin`: what was deleted, to be restored or removed for good. */
export function BinPage(props: BinPageProps) {
  const { view, entries, purges, confirm, binDays, now } = props;
  const retention = binDays === undefined
    ? "Deleted things stay here until somebody purges them."
    : `Deleted things are purged after ${counted(binDays, "day")}.`;
  return (
    <Shell title="Bin" current="bin" fills={confirm === undefined && entries.length > 0}>
      <PageHead crumbs={[]} title="Bin" description={retention}>
        {entries.length > 0 && confirm === undefined && (
          <a class="btn danger" href={href(path`/bin`, { confirm: "all" })}>
            <Icon name="delete" />Empty the bin…
          </a>
        )}
      </PageHead>
      {view.done === "restored" && <Done text="The chosen things were restored." />}
      {view.done === "asked" && <Done text="What was chosen is being purged." />}
      {confirm === undefined ? <Purges purges={purges} now={now} /> : <Confirm {...confirm} />}
      {confirm === undefined && (entries.length === 0 ? <NothingHere view={view} /> : <Things {...props} />)}
    </Shell>
  );
}

function Done({ text }: { text: string }) {
  return (
    <div class="note" role="status">
      <p>{text}</p>
    </div>
  );
}

function NothingHere({ view }: { view: BinQuery }) {
  if (view.only !== undefined) return null;
  return (
    <Empty title={view.page_token === undefined ? "The bin is empty" : "Nothing more is in the bin"}>
      <p>
        Experiments, runs and logged models that are deleted come here, with all of their files. From here they can be
        restored, or purged: removed for good.
      </p>
      <p>
        <a href={href(path`/experiments`)}>All experiments</a>
      </p>
    </Empty>
  );
}

/** The table in a form: its checkboxes choose what to restore or to purge. */
function Things({ view, entries, next_page_token, now }: BinPageProps) {
  return (
    <form id="bin" class="fill" action={href(path`/bin`)}>
      <div class="tw" tabindex={0} role="region" aria-label="Things in the bin">
        <table class="grid names bin">
          <caption class="sr">Things in the bin, what was deleted last first</caption>
          <thead>
            <tr>
              <th class="k" scope="col">Name</th>
              <th class="lo" scope="col">Kind</th>
              <th class="lo" scope="col">Experiment</th>
              <th class="r" scope="col">Deleted</th>
              <th class="r" scope="col">Purged</th>
              <th class="r" scope="col">Size</th>
            </tr>
          </thead>
          <tbody>{entries.map((entry) => <Line entry={entry} view={view} now={now} />)}</tbody>
        </table>
      </div>
      <div class="selbar" role="group" aria-label="Chosen things">
        <b>Chosen</b>
        <span class="grow" />
        <button type="submit" name="confirm" value="things" class="danger">
          <Icon name="delete" />Purge…
        </button>
        <button type="submit" formmethod="post" formaction={href(path`/bin/restore`)}>
          <Icon name="restore" />Restore
        </button>
        <button type="reset" class="ghost">Clear</button>
      </div>
      <PageFoot
        shown={entries.length}
        total={view.page_token === undefined && next_page_token === undefined
          ? { kind: "exact", count: entries.length }
          : { kind: "unknown" }}
        noun="thing"
        adjective="deleted"
        first={view.page_token === undefined ? undefined : href(path`/bin`)}
        next={next_page_token === undefined ? undefined : href(path`/bin`, { page_token: next_page_token })}
      />
    </form>
  );
}

function Mark({ kind, id }: Pick<BinEntry, "kind" | "id">) {
  if (kind === "run") return <Dot run_id={id} />;
  return <Icon name={kind === "experiment" ? "flask" : "file"} />;
}

function Line({ entry, view, now }: { entry: BinEntry; view: BinQuery; now: number }) {
  const { kind, id, name, experiment_id, experiment_name, deleted_time, purge_at, runs, purge_id } = entry;
  const thing = `${kind}:${id}`;
  return (
    <tr>
      <th scope="row" class="k">
        <input
          type="checkbox"
          name="things"
          value={thing}
          aria-label={`${kindWords[kind]} ${name}`}
          checked={view.things.includes(thing) || undefined}
          disabled={purge_id !== undefined}
        />
        <Mark kind={kind} id={id} />
        <ItemName kind={kind} id={id} name={name} experiment_id={experiment_id} gone={false} />
      </th>
      <td class="lo">
        {kindWords[kind]}
        {runs !== undefined && runs > 0 && ` with ${counted(runs, "run")}`}
      </td>
      <td class="lo d">
        {kind !== "experiment" && <a href={href(path`/experiments/${experiment_id}`)}>{experiment_name}</a>}
      </td>
      <td class="r">
        <Time at={deleted_time} now={now} />
      </td>
      <td class="r">{purge_id === undefined ? purgeTime(purge_at, now) : "being purged"}</td>
      <td class="r" title={counted(entry.files, "file")}>{bytes(entry.bytes)}</td>
    </tr>
  );
}

function purgeTime(at: number | undefined, now: number) {
  if (at === undefined) return "";
  return (
    <span title={new Date(at).toISOString()}>
      {at <= now ? "soon" : `in ${counted(Math.ceil((at - now) / day), "day")}`}
    </span>
  );
}

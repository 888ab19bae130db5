import type { Child } from "hono/jsx";
import type { Experiment } from "../domain/entities.ts";
import { counted } from "../domain/format.ts";
import type { NotedChange } from "../domain/run_changes.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { href, path } from "./links.ts";

export interface ChangeNoteProps {
  noted: NotedChange;
  /** Where runs were moved or copied to, if it is still there. */
  target?: Experiment | undefined;
}

/** What was just done to chosen runs, with the way back. `back` is the query of the table, without "?". */
export function ChangeNote(
  { experiment_id, noted, target, back }: ChangeNoteProps & { experiment_id: string; back: string },
) {
  const { change_id, undone } = noted;
  return (
    <div class="note" role="status">
      <p>{undone ? <Undone noted={noted} /> : <Done noted={noted} target={target} />}</p>
      {!undone && (
        <form method="post" action={href(path`/experiments/${experiment_id}/runs/undo`)}>
          <HiddenFields query={{ change: change_id, back }} />
          <button type="submit">Undo</button>
        </form>
      )}
    </div>
  );
}

const runs = (count: number): string => `${counted(count, "run")} ${count === 1 ? "was" : "were"}`;

function Done({ noted: { change, runs: count }, target }: ChangeNoteProps) {
  switch (change.act) {
    case "tagged":
      return (
        <>
          The tag <Name>{change.key}</Name> of {counted(count, "run")} is now <Name>{change.value}</Name>.
        </>
      );
    case "untagged":
      return (
        <>
          The tag <Name>{change.key}</Name> was removed from {counted(count, "run")}.
        </>
      );
    case "renamed":
      return (
        <>
          {runs(count)} renamed to <Name>{change.name}</Name>.
        </>
      );
    case "moved":
    case "copied":
      return (
        <>
          {runs(change.chosen)} {change.act} to <Target id={change.to} target={target} />
          {count > change.chosen && `, with ${counted(count - change.chosen, "nested run")}`}.
        </>
      );
    case "deleted":
      return (
        <>
          {runs(count)} moved to the bin. <a href={href(path`/bin`)}>Open the bin</a>
        </>
      );
    case "restored":
      return <>{runs(count)} restored.</>;
  }
}

function Undone({ noted: { change, runs: count } }: ChangeNoteProps) {
  switch (change.act) {
    case "moved":
      return <>{runs(count)} moved back.</>;
    case "copied":
      return (
        <>
          {counted(count, "copy", "copies")} moved to the bin. <a href={href(path`/bin`)}>Open the bin</a>
        </>
      );
    case "renamed":
      return (
        <>
          {counted(count, "run")} {count === 1 ? "has its" : "have their"} old name again.
        </>
      );
    case "tagged":
    case "untagged":
      return (
        <>
          The tag <Name>{change.key}</Name> of {counted(count, "run")} is again what it was before.
        </>
      );
    default:
      return <>That was undone.</>;
  }
}

function Target({ id, target }: { id: string; target: Experiment | undefined }) {
  const to = href(path`/experiments/${id}`);
  if (target === undefined) return <a href={to}>experiment {id}</a>;
  return <a class="given" href={to} title={target.name} dir="auto">{target.name}</a>;
}

/** A name that somebody gave, shortened where it is long. */
const Name = ({ children }: { children: Child }) => <b class="given" dir="auto">{children}</b>;

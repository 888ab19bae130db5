import type { Child } from "hono/jsx";
import type { Run } from "../domain/entities.ts";
import { counted } from "../domain/format.ts";
import { runColor } from "../domain/run_color.ts";
import type { RunsQuery } from "../wire/pages.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path, queryText } from "./links.ts";
import { Dot } from "./parts.tsx";
import { runsHref, runsQuery } from "./runs_links.ts";

interface SelectionProps {
  experiment_id: string;
  view: RunsQuery;
  runs: readonly Run[];
  selected: readonly { run_id: string; run_name: string }[];
  children: Child;
}

/** The form around the table: its checkboxes choose runs to compare, delete or restore. Runs chosen on other pages come along. */
export function Selection({ experiment_id, view, runs, selected, children }: SelectionProps) {
  const here = new Set(runs.map((run) => run.info.run_id));
  const elsewhere = selected.filter(({ run_id }) => !here.has(run_id));
  return (
    <form id="selection" class="fill" action={href(path`/compare`)} hx-boost="false">
      {elsewhere.map(({ run_id, run_name }) => (
        <input type="hidden" name="runs" value={run_id} data-name={run_name} data-color={runColor(run_id)} />
      ))}
      {children}
      <SelectionBar experiment_id={experiment_id} view={view} selected={selected} />
    </form>
  );
}

/** Seen while a run is selected: the style sheet's doing, so that it works without JavaScript. */
function SelectionBar({ experiment_id, view, selected }: Pick<SelectionProps, "experiment_id" | "view" | "selected">) {
  const back = queryText({ ...runsQuery(view), page_token: view.page_token });
  return (
    <div class="selbar" role="group" aria-label="Selected runs">
      <b id="selected-count" aria-live="polite">
        {selected.length > 0 ? `${selected.length} selected` : "Selected runs"}
      </b>
      <div class="who" id="selected-names">
        {selected.map(({ run_id, run_name }) => (
          <span>
            <Dot run_id={run_id} />
            {run_name}
          </span>
        ))}
      </div>
      <button type="submit" class="pri" id="compare">
        <Icon name="compare" />Compare <kbd class="needsjs">C</kbd>
      </button>
      {view.view !== "active" && <Act act="restore" experiment_id={experiment_id} back={back} />}
      {view.view !== "deleted" && <Act act="delete" experiment_id={experiment_id} back={back} />}
      <button type="reset" class="ghost" id="clear">Clear</button>
    </div>
  );
}

/** A button that posts the selection instead of comparing it. */
function Act({ act, experiment_id, back }: { act: "delete" | "restore"; experiment_id: string; back: string }) {
  return (
    <button
      type="submit"
      class={act === "delete" ? "danger" : undefined}
      name="back"
      value={back}
      formmethod="post"
      formaction={href(path`/experiments/${experiment_id}/runs/${act}`)}
    >
      <Icon name={act} />
      {act === "delete" ? "Delete" : "Restore"}
    </button>
  );
}

/** What a form did to runs, with the way back. */
export function DoneNote({ experiment_id, view }: { experiment_id: string; view: RunsQuery }) {
  if (view.done !== "deleted" && view.done !== "restored") return null;
  const undo = view.done === "deleted" ? "restore" : "delete";
  const what = view.touched.length === 0
    ? "The runs were"
    : `${counted(view.touched.length, "run")} ${view.touched.length === 1 ? "was" : "were"}`;
  return (
    <div class="note" role="status">
      <p>
        {what} {view.done === "deleted" ? "moved to the bin." : "restored."}{" "}
        {view.done === "deleted" && <a href={href(path`/bin`)}>Open the bin</a>}
      </p>
      {view.touched.length === 0
        ? <a href={runsHref(experiment_id, view, { view: "deleted" })}>Show deleted runs</a>
        : (
          <form method="post" action={href(path`/experiments/${experiment_id}/runs/${undo}`)}>
            <HiddenFields query={{ runs: view.touched, back: queryText(runsQuery(view)) }} />
            <button type="submit">Undo</button>
          </form>
        )}
    </div>
  );
}

import type { Child } from "hono/jsx";
import type { Run } from "../domain/entities.ts";
import { type RunAct, runActs } from "../domain/run_changes.ts";
import { runColor } from "../domain/run_color.ts";
import type { RunsQuery } from "../wire/pages.ts";
import { Icon } from "./icons.tsx";
import { href, path, queryText } from "./links.ts";
import { Dot, Menu } from "./parts.tsx";
import { ExportButtons } from "./export_menu.tsx";
import { runsQuery } from "./runs_links.ts";

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
      {view.view !== "deleted" && (
        <Menu icon="edit" text="Change">
          <ul>{runActs.map((act) => <Ask act={act} experiment_id={experiment_id} back={back} />)}</ul>
        </Menu>
      )}
      <Menu icon="download" text="Export">
        <ExportButtons experiment_id={experiment_id} />
      </Menu>
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

const asks: Record<RunAct, string> = {
  tag: "Set or remove a tag…",
  rename: "Rename…",
  move: "Move to another experiment…",
  copy: "Copy to another experiment…",
};

/** A button to the page that asks what is to be done; `selection.js` shows its question in a dialog. */
function Ask({ act, experiment_id, back }: { act: RunAct; experiment_id: string; back: string }) {
  return (
    <li>
      <button
        type="submit"
        name="back"
        value={back}
        formaction={href(path`/experiments/${experiment_id}/runs/${act}`)}
        data-asks
      >
        {asks[act]}
      </button>
    </li>
  );
}

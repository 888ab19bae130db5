import type { Experiment, Run } from "../domain/entities.ts";
import type { Evaluation, EvaluationRow } from "../domain/evaluation.ts";
import { counted } from "../domain/format.ts";
import type { EvaluationQuery } from "../wire/pages_evaluation.ts";
import { descriptionOf, ExperimentMenu } from "./experiment_forms.tsx";
import { ExperimentTabs, type ExperimentTabsProps } from "./experiment_tabs.tsx";
import { EvaluationBar } from "./evaluation_bar.tsx";
import { evaluationHref, evaluationPart } from "./evaluation_links.ts";
import { EvaluationTableView } from "./evaluation_table.tsx";
import { href, path } from "./links.ts";
import { Empty, ErrorFragment, PageFoot, PageHead, Snippet } from "./parts.tsx";
import { crumbsOf } from "./runs_table.tsx";
import { SavedViews, type SavedViewsProps } from "./saved_views.tsx";
import { Shell } from "./shell.tsx";
import { pythonEvaluation } from "./snippets.ts";
import { swaps } from "./view_form.tsx";

export interface EvaluationPageProps {
  experiment: Experiment;
  /** How much the tabs hold. */
  counts?: ExperimentTabsProps["counts"];
  view: EvaluationQuery;
  /** What is wrong with the filter or the order of the runs. */
  error?: string | undefined;
  /** Runs that have tables, to choose from. */
  listed: readonly Run[];
  /** The path of the table that is shown, and of all tables, with how many runs have each. */
  table: string | undefined;
  tables: ReadonlyMap<string, number>;
  /** Those whose tables stand side by side, and why others do not. */
  runs: readonly Run[];
  faults: readonly { name: string; fault: string }[];
  /** Of all rows; the columns' cells are in the order of `runs`. */
  evaluation: Evaluation;
  /** One page of those that are looked for, and how many there are. */
  rows: readonly EvaluationRow[];
  matching: number;
  page_rows: number;
  views: SavedViewsProps;
  server: string;
}

/** `/experiments/:id/evaluation`: tables that runs logged, side by side by row. */
export function EvaluationPage(props: EvaluationPageProps) {
  const { experiment, view, listed, error } = props;
  const { crumbs, last } = crumbsOf(experiment.name);
  return (
    <Shell title={`Evaluation of ${experiment.name}`} current="experiments" scripts={["saved_views.js"]} fills>
      <PageHead crumbs={crumbs} title={last} description={descriptionOf(experiment)}>
        <SavedViews {...props.views} />
        <ExperimentMenu experiment={experiment} />
      </PageHead>
      <ExperimentTabs experiment_id={experiment.experiment_id} current="evaluation" view={view} counts={props.counts} />
      {error !== undefined && <ErrorFragment title="The runs cannot be found." message={error} />}
      {listed.length === 0 && props.runs.length === 0 ? <NoTables {...props} /> : <Region {...props} />}
    </Shell>
  );
}

function Region(props: EvaluationPageProps) {
  const { runs, faults, evaluation, rows } = props;
  return (
    <div id={evaluationPart.slice(1)} class="fill">
      <EvaluationBar {...props} />
      {faults.length > 0 && (
        <ErrorFragment
          title={`${counted(faults.length, "table")} not shown.`}
          message={faults.map(({ name, fault }) => `${name}: ${fault}`).join(" ")}
        />
      )}
      {runs.length === 0
        ? <NoneChosen {...props} />
        : rows.length === 0
        ? (
          <Empty title={evaluation.rows.length === 0 ? "The tables are empty" : "No row is like that"}>
            <p>
              <a href={evaluationHref(props.view, { search: "", differ: false, from: 0 })}>Show all rows</a>
            </p>
          </Empty>
        )
        : <EvaluationTableView {...props} />}
      <Foot {...props} />
    </div>
  );
}

function NoneChosen({ view }: EvaluationPageProps) {
  return (
    <Empty title="None of the chosen runs has this table">
      <p>
        <a href={evaluationHref(view, { runs: [], table: undefined, from: 0 })}>
          Show the newest runs that have tables
        </a>
      </p>
    </Empty>
  );
}

function Foot({ view, evaluation, rows, matching, page_rows }: EvaluationPageProps) {
  const next = view.from + page_rows;
  const narrowed = matching < evaluation.rows.length;
  return (
    <PageFoot
      shown={rows.length}
      total={{ kind: "exact", count: matching }}
      noun="row"
      adjective={narrowed ? "matching" : undefined}
      note={narrowed ? `of ${evaluation.rows.length} in the tables` : undefined}
      first={view.from > 0 ? evaluationHref(view, { from: 0 }) : undefined}
      next={next < matching ? evaluationHref(view, { from: next }) : undefined}
    />
  );
}

function NoTables({ experiment, view, server }: EvaluationPageProps) {
  const narrowed = view.filter !== "" || view.view !== "active";
  return (
    <Empty title={narrowed ? "None of these runs has a table" : "No run has logged a table yet"}>
      <p>
        Tables that runs leave by <code>mlflow.evaluate</code> or <code>mlflow.log_table</code>{" "}
        stand here side by side, row by row.
      </p>
      {narrowed && (
        <p>
          <a href={href(path`/experiments/${experiment.experiment_id}/evaluation`)} hx-boost={swaps("main")}>
            Tables of all runs
          </a>
        </p>
      )}
      <Snippet label="Log a table with Python" code={pythonEvaluation(server, experiment.name)} />
    </Empty>
  );
}

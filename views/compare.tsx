import {
  compareRuns,
  type Comparison,
  curvesBeside,
  type MetricRow,
  tagOf,
  type TextRow,
  textRow,
} from "../domain/compare.ts";
import type { Curve } from "../domain/curve.ts";
import type { Run } from "../domain/entities.ts";
import { counted } from "../domain/format.ts";
import { factOf } from "../domain/runs_view.ts";
import { noteKey } from "../domain/names.ts";
import type { CompareView } from "../wire/pages_run.ts";
import { chartScripts, type Line, lineStyles } from "./chart.tsx";
import { compareFields, compareHref } from "./chart_links.ts";
import { CompareCharts } from "./compare_charts.tsx";
import type { Column } from "./compare_head.tsx";
import { CompareTable, type MetricSection, type TextSection } from "./compare_table.tsx";
import { Transposed } from "./compare_transposed.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Empty, ErrorFragment, PageHead } from "./parts.tsx";
import { Shell } from "./shell.tsx";
import { swaps, ViewForm } from "./view_form.tsx";

export interface ComparePageProps {
  view: CompareView;
  /** The runs of `view.runs` that there are, in that order, deleted ones too. */
  runs: readonly Run[];
  /** The ids of `view.runs` that are nobody's. */
  missing: readonly string[];
  /** How many runs were asked for beyond those that fit into one comparison. */
  left_out?: number;
  /** Names of the runs' experiments by experiment id. */
  experiments: ReadonlyMap<string, string>;
  /** Metrics that have more than one point in any of the runs, in the order of `compareMetricNames`. */
  curve_metrics: readonly string[];
  /** What `chartedMetrics(view, curve_metrics)` names, thinned to about 120 points a run. */
  charts: readonly { metric: string; curves: readonly Curve[] }[];
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/compare`: what runs have in common and where they differ. */
export function ComparePage(props: ComparePageProps) {
  const { view, runs, missing, left_out = 0 } = props;
  const title = runs.length < 2 ? "Compare runs" : `Compare ${counted(runs.length, "run")}`;
  return (
    <Shell title={title} current="experiments" scripts={["compare.js", ...chartScripts]}>
      <div id="compare">
        <PageHead crumbs={crumbsOf(props)} title={title}>
          {runs.length > 1 && <Actions view={view} runs={runs} />}
        </PageHead>
        {missing.length > 0 && (
          <ErrorFragment
            title={`${counted(missing.length, "run")} not found.`}
            message={`No run has the id ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}.`}
          />
        )}
        {left_out > 0 && (
          <ErrorFragment
            title="Too many runs."
            message={`The first ${view.runs.length} are compared, ${left_out} are left out.`}
          />
        )}
        {runs.length < 2 ? <TooFew runs={runs} /> : <Body {...props} />}
      </div>
    </Shell>
  );
}

function crumbsOf({ runs, experiments }: ComparePageProps) {
  const ids = new Set(runs.map((run) => run.info.experiment_id));
  const [only = ""] = ids;
  const name = ids.size === 1 ? experiments.get(only) : undefined;
  const home = { text: "Experiments", href: href(path`/experiments`) };
  return name === undefined ? [home] : [home, { text: name, href: href(path`/experiments/${only}`) }];
}

function Actions({ view, runs }: { view: CompareView; runs: readonly Run[] }) {
  const diff = view.only === "diff";
  const running = runs.filter(({ info }) => info.status === "RUNNING").map(({ info }) => info.run_id);
  return (
    <>
      {running.length > 0 && (
        <span class="live needsjs" id="live" data-events={href(path`/live`, { runs: running })}>
          Live<span class="lo">· {running.length} running</span>
        </span>
      )}
      <a
        class="sw"
        role="switch"
        aria-checked={diff ? "true" : "false"}
        href={compareHref(view, { only: diff ? "all" : "diff" })}
        hx-boost={swaps("#compare")}
      >
        <i></i>Differences only
      </a>
      <a class="btn" href={compareHref(view, { transpose: !view.transpose })} hx-boost={swaps("#compare")}>
        <Icon name="swap" />Transpose
      </a>
    </>
  );
}

function TooFew({ runs }: { runs: readonly Run[] }) {
  const [run] = runs;
  return (
    <Empty title={run === undefined ? "No runs to compare" : `${run.info.run_name} is alone here`}>
      <p>Tick two or more runs in the table of an experiment and press Compare.</p>
      <p>
        {run === undefined
          ? <a href={href(path`/experiments`)}>All experiments</a>
          : (
            <a href={href(path`/experiments/${run.info.experiment_id}`, { runs: [run.info.run_id] })}>
              The runs beside it
            </a>
          )}
      </p>
    </Empty>
  );
}

function Body(props: ComparePageProps) {
  const { view, runs } = props;
  const found = compareRuns(runs, {
    directions: view.dir,
    ...(view.baseline !== undefined && { baseline: view.baseline }),
  });
  const lines: Line[] = runs.map(({ info }, i) => ({
    run_id: info.run_id,
    name: info.run_name,
    base: i === found.baseline,
  }));
  const columns = columnsOf(runs, lines);
  const metrics = metricSection(found.metrics, view);
  const sections = sectionsOf(found, factRows(props, found.baseline), view);
  const beside = curvesBeside(view);
  const { baseline } = found;
  return (
    <>
      <Forms view={view} />
      <div class={beside ? "cmp" : "cmp below"}>
        {view.transpose
          ? <Transposed columns={columns} baseline={baseline} metrics={metrics} sections={sections} />
          : (
            <CompareTable
              columns={columns}
              baseline={baseline}
              metrics={metrics}
              sections={sections}
              corner={<Hidden found={found} view={view} />}
            />
          )}
        <CompareCharts view={view} lines={lines} charts={props.charts} known={props.curve_metrics} few={beside} />
      </div>
    </>
  );
}

/** The forms of the buttons in the table: a hundred runs are named once here instead of in every button. */
function Forms({ view }: { view: CompareView }) {
  const { baseline, ...others } = compareFields(view);
  const action = href(path`/compare`);
  return (
    <div hidden>
      <ViewForm id="pin" action={action} fields={others} part="#compare" />
      <ViewForm id="turn" action={action} fields={{ ...others, baseline }} part="#compare" />
      <ViewForm id="drop" action={action} fields={{ ...others, baseline }} part="#compare" />
    </div>
  );
}

function columnsOf(runs: readonly Run[], lines: readonly Line[]): Column[] {
  const styles = lineStyles(lines);
  return runs.map(({ info }) => ({
    run_id: info.run_id,
    name: info.run_name,
    status: info.status,
    deleted: info.lifecycle_stage === "deleted",
    style: styles.get(info.run_id) ?? { mark: { color: 0, again: 0 }, base: false },
    loose: runs.length > 2,
  }));
}

/** "5 of 23 differ", or that none does, or how many rows there are. */
function noteOf(rows: readonly { differs: boolean }[], more: string): string {
  const differing = rows.filter((row) => row.differs).length;
  if (differing === 0) return rows.length === 1 ? "the same in all runs" : `all ${rows.length} are the same`;
  return `${differing === rows.length ? `all ${rows.length}` : `${differing} of ${rows.length}`} differ${more}`;
}

const shownRows = <Row extends { differs: boolean }>(rows: readonly Row[], { only }: CompareView): Row[] =>
  rows.filter((row) => only === "all" || row.differs);

function metricSection(rows: readonly MetricRow[], view: CompareView): MetricSection {
  const note = rows.length === 0 ? "none of these runs has any" : noteOf(rows, "");
  return {
    rows: shownRows(rows, view),
    note: rows.some((row) => row.differs) ? `last value; change from the baseline; ▲ better ▼ worse` : note,
  };
}

function sectionsOf(found: Comparison, facts: readonly TextRow[], view: CompareView): TextSection[] {
  const sections = [
    { title: "Params", rows: found.params, nested: true },
    { title: "Run", rows: facts },
    { title: "Tags", rows: found.tags },
    { title: "Datasets", rows: found.datasets },
  ];
  return sections.filter(({ rows }) => rows.length > 0).map((section) => {
    const more = section.title === "Params" ? "; shaded: not the baseline’s value" : "";
    return {
      ...section,
      rows: shownRows(section.rows, view),
      note: section.title === "Run" ? "" : noteOf(section.rows, more),
    };
  });
}

function Hidden({ found, view }: { found: Comparison; view: CompareView }) {
  const equal = (rows: readonly { differs: boolean }[]): number => rows.filter((row) => !row.differs).length;
  const parts = [
    counted(equal(found.metrics), "metric"),
    counted(equal(found.params), "param"),
    counted(equal(found.tags), "tag"),
  ].filter((text) => !text.startsWith("0 "));
  if (parts.length === 0) return <span class="sr">Name</span>;
  const hidden = view.only === "diff";
  return (
    <>
      {hidden ? "Hidden because equal: " : "Equal: "}
      {parts.join(", ")}{" "}
      <a href={compareHref(view, { only: hidden ? "all" : "diff" })} hx-boost={swaps("#compare")}>
        {hidden ? "Show" : "Hide"}
      </a>
    </>
  );
}

/** What is known of the runs themselves. `Started` is in ms since the epoch. */
function factRows({ runs, experiments, now }: ComparePageProps, baseline: number): TextRow[] {
  const facts: Record<string, (run: Run) => string | undefined> = {
    Experiment: ({ info }) => experiments.get(info.experiment_id) ?? info.experiment_id,
    Description: (run) => tagOf(run, noteKey),
    Started: ({ info }) => info.start_time > 0 ? String(info.start_time) : undefined,
    Duration: (run) => factOf(run, "duration", now),
    User: (run) => factOf(run, "user_id", now),
    Source: (run) => factOf(run, "source", now),
    Commit: (run) => factOf(run, "commit", now),
    Branch: (run) => tagOf(run, "mlflow.source.git.branch"),
  };
  return Object.entries(facts).map(([name, of]) => textRow(name, runs.map(of), baseline))
    .filter(({ cells }) => cells.some(({ value }) => value !== undefined));
}

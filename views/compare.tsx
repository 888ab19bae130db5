import { curvesBeside } from "../domain/compare.ts";
import { type ComparedExperiment, comparisonOf } from "../domain/comparison.ts";
import type { Curve } from "../domain/curve.ts";
import type { Run } from "../domain/entities.ts";
import { counted } from "../domain/format.ts";
import { type Extremes, knownFields } from "../domain/plots/fields.ts";
import type { Direction } from "../domain/metric_names.ts";
import type { RunModel } from "../domain/runs_view.ts";
import type { CompareView } from "../wire/pages_run.ts";
import { chartScripts, type Line, lineStyles } from "./chart.tsx";
import { compareFields } from "./chart_links.ts";
import { CompareActions } from "./compare_actions.tsx";
import { CompareCharts } from "./compare_charts.tsx";
import { type ComparedFiles, CompareFiles } from "./compare_files.tsx";
import type { Column } from "./compare_head.tsx";
import { ComparePlots } from "./compare_plots.tsx";
import { Hidden, metricSection, textSections } from "./compare_sections.tsx";
import { CompareTable } from "./compare_table.tsx";
import { Transposed } from "./compare_transposed.tsx";
import { href, path, queryText } from "./links.ts";
import { Empty, ErrorFragment, PageHead } from "./parts.tsx";
import { plotScripts } from "./plots/plots.tsx";
import { SavedViews, type SavedViewsProps } from "./saved_views.tsx";
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
  /** The runs' experiments by experiment id. */
  experiments: ReadonlyMap<string, ComparedExperiment>;
  /** Which values are better: what was set for everybody, and over it what the address says. */
  directions: ReadonlyMap<string, Direction>;
  /** What the runs made, by run id. */
  models: ReadonlyMap<string, readonly RunModel[]>;
  /** Of the baseline and `view.with`; undefined where they were not looked for. */
  files?: ComparedFiles & { base: string; other: string } | undefined;
  /** Metrics that have more than one point in any of the runs, in the order of `compareMetricNames`. */
  curve_metrics: readonly string[];
  /** What `chartedMetrics(view, curve_metrics)` names, thinned to about 120 points a run. */
  charts: readonly { metric: string; curves: readonly Curve[] }[];
  /** The groups that are drawn in place of the runs. */
  groups?: readonly Line[] | undefined;
  /** Of the metrics that `extremeKeys(view.plots)` names. */
  extremes?: Extremes;
  views?: SavedViewsProps;
  /** The transaction from which on the page is to be told what comes. */
  since?: number | undefined;
  /** How people reach this server. */
  server: string;
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/compare`: what runs have in common and where they differ. */
export function ComparePage(props: ComparePageProps) {
  const { view, runs, missing, left_out = 0 } = props;
  const title = runs.length < 2 ? "Compare runs" : `Compare ${counted(runs.length, "run")}`;
  return (
    <Shell
      title={title}
      current="experiments"
      scripts={["compare.js", "compare_images.js", "saved_views.js", ...chartScripts, ...plotScripts]}
    >
      <div id="compare">
        <PageHead crumbs={crumbsOf(props)} title={title}>
          {props.views && <SavedViews {...props.views} />}
          {runs.length > 1 && <CompareActions {...props} />}
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
  const name = ids.size === 1 ? experiments.get(only)?.name : undefined;
  const home = { text: "Experiments", href: href(path`/experiments`) };
  return name === undefined ? [home] : [home, { text: name, href: href(path`/experiments/${only}`) }];
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
  const found = comparisonOf(runs, { ...props, baseline: view.baseline });
  const lines: Line[] = runs.map(({ info }, i) => ({
    run_id: info.run_id,
    name: info.run_name,
    base: i === found.baseline,
  }));
  const columns = columnsOf(props, lines);
  const metrics = metricSection(found.metrics, view);
  const sections = textSections(found, view);
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
        <CompareCharts
          action={href(path`/compare`)}
          fields={compareFields(view)}
          part="#compare"
          view={view}
          grouping={{ group: view.group, runs: view.runs, available: knownFields(runs, props.now) }}
          lines={props.groups ?? lines}
          charts={props.charts}
          known={props.curve_metrics}
          directions={props.directions}
          few={beside}
        />
      </div>
      <ComparePlots view={view} runs={runs} directions={props.directions} extremes={props.extremes} now={props.now} />
      <Files {...props} columns={columns} />
    </>
  );
}

function Files({ view, files, columns }: ComparePageProps & { columns: readonly Column[] }) {
  const [base, other] = [files?.base, files?.other].map((id) => columns.find(({ run_id }) => run_id === id));
  return files && base && other
    ? <CompareFiles {...files} view={view} columns={columns} base={base} other={other} />
    : null;
}

/** The forms of the buttons in the table: a hundred runs are named once here instead of in every button. */
function Forms({ view }: { view: CompareView }) {
  const fields = compareFields(view);
  const { baseline: _, ...others } = fields;
  const action = href(path`/compare`);
  const back = queryText(fields);
  return (
    <div hidden>
      <ViewForm id="pin" action={action} fields={others} part="#compare" />
      <ViewForm id="drop" action={action} fields={fields} part="#compare" />
      <form id="turn" method="post" action={href(path`/metric-directions`)} hx-boost={swaps("#compare")}>
        <input type="hidden" name="back" value={back} />
      </form>
      <form id="keep" method="post" action={href(path`/baselines`)} hx-boost={swaps("#compare")}>
        <input type="hidden" name="back" value={back} />
      </form>
    </div>
  );
}

function columnsOf({ runs, experiments }: ComparePageProps, lines: readonly Line[]): Column[] {
  const styles = lineStyles(lines);
  return runs.map(({ info }) => ({
    run_id: info.run_id,
    name: info.run_name,
    status: info.status,
    deleted: info.lifecycle_stage === "deleted",
    style: styles.get(info.run_id) ?? { mark: { color: 0, again: 0 }, base: false },
    loose: runs.length > 2,
    kept: experiments.get(info.experiment_id)?.baseline === info.run_id,
  }));
}

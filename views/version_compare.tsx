import { curvesBeside } from "../domain/compare.ts";
import type { Curve } from "../domain/curve.ts";
import type { LineDiff } from "../domain/diff_lines.ts";
import { counted } from "../domain/format.ts";
import type { ComparedVersion, VersionComparison } from "../domain/version_compare.ts";
import type { SourcedVersion } from "../domain/version_source.ts";
import type { CompareVersionsQuery } from "../wire/pages_models.ts";
import { chartScripts, type Line, lineStyles } from "./chart.tsx";
import { chartFields } from "./chart_links.ts";
import { SectionHead } from "./compare_cells.tsx";
import { CompareCharts } from "./compare_charts.tsx";
import { LineDiffTable } from "./diff_lines.tsx";
import { Icon } from "./icons.tsx";
import { href, path, type Query } from "./links.ts";
import { Aliases, LiveRegistry, liveScripts, modelHref, Stage, versionHref } from "./model_parts.tsx";
import { Source } from "./model_versions.tsx";
import { Empty, ErrorFragment, PageHead, Panel } from "./parts.tsx";
import { Shell } from "./shell.tsx";
import { MetricLine, noteOf, TextPart } from "./version_compare_rows.tsx";
import type { Directions } from "./version_metrics.tsx";

export interface CompareVersionsProps {
  view: CompareVersionsQuery;
  versions: readonly ComparedVersion[];
  /** Numbers that no version has. */
  missing: readonly string[];
  /** How many were asked for beyond those that fit. */
  left_out: number;
  /** An index. */
  baseline: number;
  found: VersionComparison;
  /** Of prompts: the text of each version against the baseline's, by number. */
  texts?: ReadonlyMap<string, LineDiff> | undefined;
  /** Metrics that have more than one point in any of their runs. */
  curve_metrics: readonly string[];
  /** Thinned to about 120 points a run. */
  charts: readonly { metric: string; curves: readonly Curve[] }[];
  directions: Directions;
  /** The transaction from which on the page is to be told what is done. */
  since: number;
}

/** `/models/:name/compare`: versions beside each other, measured against one of them. */
export function CompareVersionsPage(props: CompareVersionsProps) {
  const { view, versions, missing, left_out, texts } = props;
  const diff = view.only === "diff";
  return (
    <Shell title={`Compare versions of ${view.name}`} current="models" scripts={[...liveScripts, ...chartScripts]}>
      <div id="compare">
        <PageHead
          crumbs={[
            texts
              ? { text: "Prompts", href: href(path`/models`, { kind: "prompts" }) }
              : { text: "Models", href: href(path`/models`) },
            { text: view.name, href: modelHref(view.name) },
          ]}
          title={`Compare ${counted(versions.length, "version")}`}
        >
          <LiveRegistry name={view.name} since={props.since} />
          {versions.length > 1 && (
            <a
              class="sw"
              role="switch"
              aria-checked={diff ? "true" : "false"}
              href={compareHref(props, { only: diff ? "all" : undefined })}
            >
              <i></i>Differences only
            </a>
          )}
          <Runs versions={versions} />
        </PageHead>
        {missing.length > 0 && (
          <ErrorFragment
            title={`${counted(missing.length, "version")} not found.`}
            message={`The model has no version ${missing.slice(0, 5).join(", ").slice(0, 200)}.`}
          />
        )}
        {left_out > 0 && (
          <ErrorFragment
            title="Too many versions."
            message={`The first ${versions.length} are compared, ${left_out} are left out.`}
          />
        )}
        {versions.length < 2 ? <TooFew name={view.name} /> : (
          <>
            {texts && <Texts {...props} texts={texts} />}
            <Body {...props} />
          </>
        )}
      </div>
    </Shell>
  );
}

const fieldsOf = ({ view, versions }: CompareVersionsProps): Query => ({
  versions: versions.map(({ version }) => version.version).join(","),
  baseline: view.baseline,
  only: view.only === "diff" ? undefined : view.only,
  metric: view.metric,
  ...chartFields(view),
});

const compareHref = (props: CompareVersionsProps, changes: Query): string =>
  href(path`/models/${props.view.name}/compare`, { ...fieldsOf(props), ...changes });

/** The runs that versions come from, each once, as far as they are there. */
export const runsOf = (versions: readonly SourcedVersion[]): string[] => [
  ...new Set(versions.flatMap(({ run }) => run?.info.run_id ?? [])),
];

/** A run as a line that bears the numbers of the versions that were made of it. */
function linesOf({ versions, baseline }: CompareVersionsProps): Line[] {
  const base = versions[baseline]?.run?.info.run_id;
  return runsOf(versions).map((run_id) => {
    const made = versions.filter(({ run }) => run?.info.run_id === run_id).map(({ version }) => version.version);
    const name = `Version${made.length > 1 ? "s" : ""} ${made.join(", ")}`;
    return { run_id, name, base: run_id === base };
  });
}

/** The table, and the curves of the runs where there are some. */
function Body(props: CompareVersionsProps) {
  const { view, curve_metrics, directions } = props;
  const lines = linesOf(props);
  const beside = curve_metrics.length > 0 && curvesBeside({ runs: props.versions, transpose: false });
  return (
    <div class={beside ? "cmp" : "cmp below"}>
      <VersionTable {...props} />
      <CompareCharts
        action={href(path`/models/${view.name}/compare`)}
        fields={fieldsOf(props)}
        part="#compare"
        view={view}
        lines={lines}
        charts={props.charts}
        known={curve_metrics}
        directions={directions}
        few={beside}
      />
    </div>
  );
}

/** The same with plots and files: the comparison of their runs. */
function Runs({ versions }: { versions: readonly ComparedVersion[] }) {
  const runs = runsOf(versions);
  if (runs.length < 2) return null;
  return (
    <a class="btn" href={href(path`/compare`, { runs: runs.join(",") })}>
      <Icon name="compare" />Compare their runs
    </a>
  );
}

function TooFew({ name }: { name: string }) {
  return (
    <Empty title="Nothing to compare">
      <p>
        Tick two or more versions in <a href={modelHref(name)} dir="auto">the table of {name}</a> and press Compare.
      </p>
    </Empty>
  );
}

function VersionTable(props: CompareVersionsProps) {
  const { view, versions, baseline, found } = props;
  const kept = <Row extends { differs: boolean }>(rows: readonly Row[]): Row[] =>
    rows.filter(({ differs }) => view.only === "all" || differs);
  const metrics = kept(found.metrics);
  const sections = found.parts.filter(({ rows }) => rows.length > 0);
  return (
    <div class={versions.length > 6 ? "ctw" : "ctw fits"} tabindex={0} role="group" aria-label="Comparison">
      <table class="ct" style={`--n:${versions.length}`}>
        <caption class="sr">
          {versions.length} versions, one per column; the baseline is {versions[baseline]?.version.version}
        </caption>
        <thead>
          <tr>
            <th scope="col" class="corner"></th>
            {versions.map((_, i) => <Head {...props} at={i} />)}
          </tr>
        </thead>
        {found.metrics.length > 0 && (
          <tbody>
            <SectionHead
              title="Metrics"
              note={noteOf(metrics.length, found.metrics.length, view.only)}
              span={versions.length}
            />
            {metrics.map((row) => <MetricLine {...props} row={row} />)}
          </tbody>
        )}
        {sections.map((part) => (
          <TextPart
            part={{ ...part, rows: kept(part.rows) }}
            note={noteOf(kept(part.rows).length, part.rows.length, view.only)}
            baseline={baseline}
            span={versions.length}
          />
        ))}
      </table>
    </div>
  );
}

function Head(props: CompareVersionsProps & { at: number }) {
  const { view, versions, baseline, at } = props;
  const sourced = versions[at]!;
  const { version } = sourced;
  const base = at === baseline;
  const others = versions.filter((_, i) => i !== at).map((one) => one.version.version);
  return (
    <th scope="col" class={base ? "base" : undefined}>
      <div class="nm">
        <a href={versionHref(view.name, version.version)}>Version {version.version}</a>
        {version.current_stage !== "None" && <Stage stage={version.current_stage} />}
        {versions.length > 2 && (
          <a
            class="btn ghost drop"
            href={compareHref(props, { versions: others.join(",") })}
            aria-label={`Leave out version ${version.version}`}
            title="Leave out"
          >
            <Icon name="close" />
          </a>
        )}
      </div>
      <div class="s">
        <Aliases aliases={version.aliases?.slice(0, 2)} />
        <a
          class="btn pinb"
          href={compareHref(props, { baseline: version.version })}
          aria-current={base ? "true" : undefined}
        >
          <Icon name="pin" />
          {base ? "Baseline" : "Pin"}
          <span class="sr">{base ? "" : `version ${version.version} as the baseline`}</span>
        </a>
      </div>
      {version.run_id !== "" && (
        <div class="s">
          <Source sourced={sourced} mark={lineStyles(linesOf(props)).get(version.run_id)?.mark} />
        </div>
      )}
    </th>
  );
}

/** The texts of prompts, each against the baseline's. */
function Texts({ versions, baseline, texts }: CompareVersionsProps & { texts: ReadonlyMap<string, LineDiff> }) {
  const base = versions[baseline]?.version.version ?? "";
  return (
    <div class="page">
      {versions.filter((_, i) => i !== baseline).map(({ version }) => {
        const diff = texts.get(version.version);
        return diff && (
          <Panel
            title={`Version ${base} to ${version.version}`}
            note={diff.removed + diff.added === 0 ? "the same text" : `−${diff.removed} +${diff.added} lines`}
          >
            <div class="cfile">
              <LineDiffTable diff={diff} unified={false} names={[`version ${base}`, `version ${version.version}`]} />
            </div>
          </Panel>
        );
      })}
    </div>
  );
}

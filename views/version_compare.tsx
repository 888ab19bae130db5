import { elided, type MetricRow, type TextRow } from "../domain/compare.ts";
import type { LineDiff } from "../domain/diff_lines.ts";
import { counted } from "../domain/format.ts";
import type { ComparedPart, ComparedVersion, VersionComparison } from "../domain/version_compare.ts";
import type { CompareVersionsQuery } from "../wire/pages_models.ts";
import { MetricValue, styleOf, TextValue } from "./compare_cells.tsx";
import { LineDiffTable } from "./diff_lines.tsx";
import { Icon } from "./icons.tsx";
import { href, path, type Query } from "./links.ts";
import { Aliases, modelHref, Stage, versionHref } from "./model_parts.tsx";
import { Source } from "./model_versions.tsx";
import { Empty, ErrorFragment, PageHead, Panel } from "./parts.tsx";
import { Shell } from "./shell.tsx";
import { arrowOf, type Directions } from "./version_metrics.tsx";

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
  directions: Directions;
}

/** `/models/:name/compare`: versions beside each other, measured against one of them. */
export function CompareVersionsPage(props: CompareVersionsProps) {
  const { view, versions, missing, left_out, texts } = props;
  const diff = view.only === "diff";
  return (
    <Shell title={`Compare versions of ${view.name}`} current="models">
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
            <div class="cmp below">
              <VersionTable {...props} />
            </div>
          </>
        )}
      </div>
    </Shell>
  );
}

function compareHref({ view, versions }: CompareVersionsProps, changes: Query): string {
  return href(path`/models/${view.name}/compare`, {
    versions: versions.map(({ version }) => version.version).join(","),
    baseline: view.baseline,
    only: view.only === "diff" ? undefined : view.only,
    ...changes,
  });
}

/** The same with curves and files: the comparison of their runs. */
function Runs({ versions }: { versions: readonly ComparedVersion[] }) {
  const runs = [...new Set(versions.flatMap(({ run }) => run?.info.run_id ?? []))];
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

function noteOf(shown: number, all: number, only: CompareVersionsQuery["only"]): string {
  if (only === "all") return String(all);
  if (shown === 0) return all === 1 ? "the same in all versions" : `all ${all} are the same`;
  return `${shown} of ${all} that differ`;
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
          <Source sourced={sourced} />
        </div>
      )}
    </th>
  );
}

function SectionHead({ title, note, span }: { title: string; note: string; span: number }) {
  return (
    <tr class="h2">
      <th scope="rowgroup">{title}</th>
      <td colspan={span} class="mut">
        <span>{note}</span>
      </td>
    </tr>
  );
}

function MetricLine({ row, baseline, directions }: CompareVersionsProps & { row: MetricRow }) {
  const style = styleOf(row);
  return (
    <tr>
      <th scope="row" title={row.key}>
        <bdi>{row.key}</bdi>
        {arrowOf(row.key, directions)}
      </th>
      {row.cells.map((cell, i) => <MetricValue cell={cell} style={style} base={i === baseline} />)}
    </tr>
  );
}

function TextPart(
  { part, note, baseline, span }: { part: ComparedPart; note: string; baseline: number; span: number },
) {
  return (
    <tbody>
      <SectionHead title={part.title} note={note} span={span} />
      {part.rows.map((row) => <TextLine row={row} baseline={baseline} />)}
    </tbody>
  );
}

function TextLine({ row, baseline }: { row: TextRow; baseline: number }) {
  const texts = elided(row.cells.map(({ value }) => value));
  return (
    <tr>
      <th scope="row" title={row.key}>
        <bdi>{row.key}</bdi>
      </th>
      {row.cells.map((cell, i) => <TextValue cell={cell} text={texts[i]} base={i === baseline} time={false} />)}
    </tr>
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

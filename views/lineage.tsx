import {
  type Arrow,
  type Box,
  boxHeight,
  boxWidth,
  drawLineage,
  type LineageNode,
  lineageText,
} from "../domain/lineage.ts";
import { datasetsOf } from "../domain/compare.ts";
import type { SourcedVersion } from "../domain/version_source.ts";
import { href, path } from "./links.ts";
import { versionHref } from "./model_parts.tsx";
import { Panel } from "./parts.tsx";

/** What a version was made of, and under which names it is in use: one list for each step. */
export function lineageColumns({ version, run, logged_model }: SourcedVersion): LineageNode[][] {
  const { name, aliases = [], current_stage, run_id, model_id } = version;
  const datasets = run ? datasetsOf(run) : [];
  return [
    datasets.map(({ name }) => ({ kind: "Dataset", name })),
    run_id === "" ? [] : [{
      kind: run?.info.lifecycle_stage === "deleted" ? "Run, in the bin" : run ? "Run" : "Run, gone",
      name: run?.info.run_name ?? run_id,
      ...(run ? { href: href(path`/runs/${run_id}`) } : { gone: true }),
    }],
    model_id === undefined ? [] : [{
      kind: logged_model ? "Logged model" : "Logged model, gone",
      name: logged_model?.info.name ?? model_id,
      ...(!logged_model && { gone: true }),
    }],
    [{ kind: "Version", name: `${name} ${version.version}`, here: true, href: versionHref(name, version.version) }],
    [
      ...(current_stage === "None" ? [] : [{ kind: "Stage", name: current_stage }]),
      ...aliases.map((alias) => ({ kind: "Alias", name: alias })),
    ],
  ];
}

/** Where a version comes from and where it is in use, drawn on the server. */
export function LineagePanel({ sourced }: { sourced: SourcedVersion }) {
  const columns = lineageColumns(sourced);
  const { width, height, boxes, arrows } = drawLineage(columns);
  return (
    <Panel title="Lineage" class="lineage">
      <div class="drawn" tabindex={0} role="group" aria-label="Lineage">
        <svg
          class="lin"
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="group"
          aria-label={`Lineage: ${lineageText(columns)}`}
        >
          {arrows.map((arrow) => <path d={arrowPath(arrow)} />)}
          {boxes.map((box) => <NodeBox box={box} />)}
        </svg>
      </div>
    </Panel>
  );
}

function arrowPath({ from, to }: Arrow): string {
  const [x, y] = [from.x + boxWidth, from.y + boxHeight / 2];
  const [toX, toY] = [to.x - 2, to.y + boxHeight / 2];
  const middle = (x + toX) / 2;
  return `M${x} ${y}C${middle} ${y} ${middle} ${toY} ${toX} ${toY}M${toX - 5} ${toY - 4}l5 4-5 4`;
}

/** Pixels that are left for a name, and what characters take of them in bold type of 12 pixels, about. */
const room = boxWidth - 20;

function widthOf(character: string): number {
  if (/[iljtfrI.,:;'|!()[\]\s-]/.test(character)) return 4.5;
  if (/[A-Zmw@%&]/.test(character)) return 9.5;
  return (character.codePointAt(0) ?? 0) < 0x500 ? 7.5 : 12.5;
}

function fitted(text: string): string {
  let [width, kept] = [0, ""];
  for (const character of text) {
    width += widthOf(character);
    if (width > room) return `${kept.trimEnd()}…`;
    kept += character;
  }
  return kept;
}

function NodeBox({ box: { node, x, y } }: { box: Box }) {
  const { kind, name, here, gone, href: to } = node;
  const drawn = (
    <g class={here ? "on" : gone ? "gone" : undefined}>
      <title>{`${kind}: ${name}`}</title>
      <rect x={x} y={y} width={boxWidth} height={boxHeight} rx="4" />
      <text class="k" x={x + 10} y={y + 17}>{kind}</text>
      <text class="b" x={x + 10} y={y + 34}>{fitted(name)}</text>
    </g>
  );
  return to === undefined || here ? drawn : <a href={to}>{drawn}</a>;
}

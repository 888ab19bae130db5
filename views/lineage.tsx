import {
  type Arrow,
  type Box,
  boxHeight,
  boxWidth,
  drawLineage,
  foldColumns,
  type LineageNode,
  lineageText,
} from "../domain/lineage.ts";
import { datasetsOf } from "../domain/compare.ts";
import { counted } from "../domain/format.ts";
import type { SourcedVersion } from "../domain/version_source.ts";
import { href, path } from "./links.ts";
import { versionHref } from "./model_parts.tsx";
import { Panel } from "./parts.tsx";

/** Boxes in one picture: a column that has more of them is folded. */
const mostBoxes = 5;

/**
 * What versions were made of, and under which names they are in use: one list for each step. With `here` the picture is about that
 * version, whose box says which model it is one of.
 */
export function lineageColumns(versions: readonly SourcedVersion[], here?: string): LineageNode[][] {
  const [datasets, runs, models, uses] = [newColumn(), newColumn(), newColumn(), newColumn()];
  const made = versions.map(({ version, run, logged_model }): LineageNode => {
    const { name, version: number, aliases = [], current_stage, run_id, model_id } = version;
    const id = `version ${number}`;
    const model = model_id === undefined ? id : add(models, modelNode(model_id, logged_model), id);
    const source = run_id === "" ? model : add(runs, runNode(run_id, run), model);
    for (const set of run ? datasetsOf(run) : []) add(datasets, datasetNode(set), source);
    const stages = current_stage === "None" ? [] : [{ kind: "Stage", name: current_stage }];
    const names = aliases.map((alias) => ({ kind: "Alias", name: alias }));
    return {
      id,
      kind: "Version",
      name: here === undefined ? number : `${name} ${number}`,
      to: [...stages, ...names].map((use) => add(uses, { id: `${use.kind} ${use.name}`, ...use })),
      here: number === here,
      href: versionHref(name, number),
    };
  });
  const columns = [datasets, runs, models].map((column) => [...column.values()]);
  return [...columns, made, [...uses.values()]];
}

type Column = Map<string, LineageNode>;
const newColumn = (): Column => new Map();

/** Each box stands there once, and leads to all that it was said to. Answers its id. */
function add(column: Column, node: Omit<LineageNode, "to">, to?: string): string {
  const known = column.get(node.id)?.to ?? [];
  column.set(node.id, { ...node, to: to === undefined ? known : [...known, to] });
  return node.id;
}

const datasetNode = ({ name, digest }: { name: string; digest: string }) => ({
  id: `dataset ${name} ${digest}`,
  kind: `Dataset ${digest.slice(0, 8)}`,
  name,
});

function runNode(run_id: string, run: SourcedVersion["run"]) {
  return {
    id: `run ${run_id}`,
    kind: run?.info.lifecycle_stage === "deleted" ? "Run, in the bin" : run ? "Run" : "Run, gone",
    name: run?.info.run_name ?? run_id,
    ...(run ? { href: href(path`/runs/${run_id}`) } : { gone: true }),
  };
}

const modelNode = (model_id: string, model: SourcedVersion["logged_model"]) => ({
  id: `model ${model_id}`,
  kind: model ? "Logged model" : "Logged model, gone",
  name: model?.info.name ?? model_id,
  ...(!model && { gone: true }),
});

/** Where a version comes from and where it is in use. */
export function LineagePanel({ sourced }: { sourced: SourcedVersion }) {
  return (
    <Panel title="Lineage" class="lineage">
      <Picture columns={foldColumns(lineageColumns([sourced], sourced.version.version), mostBoxes)} />
    </Panel>
  );
}

export interface ModelLineageProps {
  /** Those that are drawn, and how many there are. */
  versions: readonly SourcedVersion[];
  total: number;
  /** Those in use and the newest, instead of as many as a picture holds. */
  folded: boolean;
  /** Where the picture is the other way. */
  other: string;
}

/** The same of a model's versions together: which share a dataset or a run, and which are in use. */
export function ModelLineagePanel({ versions, total, folded, other }: ModelLineageProps) {
  const columns = foldColumns(lineageColumns(versions), Math.max(mostBoxes, versions.length));
  const left = total - versions.length;
  const which = left === 0 ? counted(total, "version") : `${versions.length} of ${counted(total, "version")}`;
  return (
    <Panel
      id="lineage"
      title="Lineage"
      note={left > 0 ? `${which}: those in use and the newest` : which}
      actions={(left > 0 || !folded) && <a href={other}>{folded ? "Draw more" : "Draw fewer"}</a>}
      class="lineage"
    >
      <Picture columns={columns} />
    </Panel>
  );
}

/** Drawn on the server. */
function Picture({ columns }: { columns: readonly (readonly LineageNode[])[] }) {
  const { width, height, boxes, arrows } = drawLineage(columns);
  return (
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
        {boxes.map(({ node, x, y }) => node ? <NodeBox node={node} x={x} y={y} /> : <path d={passagePath({ x, y })} />)}
      </svg>
    </div>
  );
}

const passagePath = ({ x, y }: Box): string => `M${x - 2} ${y + boxHeight / 2}h${boxWidth + 2}`;

function arrowPath({ from, to }: Arrow): string {
  const [x, y] = [from.x + boxWidth, from.y + boxHeight / 2];
  const [toX, toY] = [to.x - 2, to.y + boxHeight / 2];
  const middle = (x + toX) / 2;
  const head = to.node ? `M${toX - 5} ${toY - 4}l5 4-5 4` : "";
  return `M${x} ${y}C${middle} ${y} ${middle} ${toY} ${toX} ${toY}${head}`;
}

/** Pixels that are left for a name, and what characters take of them in bold type of 12 pixels, about: rather too much. */
const room = boxWidth - 20;

function widthOf(character: string): number {
  if (/[iljtfrI.,:;'|!()[\]\s-]/.test(character)) return 5;
  if (/[A-Zmw@%&]/.test(character)) return 11;
  return (character.codePointAt(0) ?? 0) < 0x1100 ? 8.5 : 12.5;
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

function NodeBox({ node, x, y }: { node: LineageNode; x: number; y: number }) {
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

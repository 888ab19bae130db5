import type { Experiment, KeyValue } from "../domain/entities.ts";
import { type FoldedLine, foldLines, type TreeLine, treeLines } from "../domain/experiment_tree.ts";
import { age, bytes, count, counted, countSum, countText } from "../domain/format.ts";
import { plainLine } from "../domain/plain_line.ts";
import type { ExperimentsQuery } from "../wire/pages.ts";
import { DeleteForm, descriptionOf, EditForm, ownTags, RestoreForm, TagForms } from "./experiment_forms.tsx";
import { listHref, swaps } from "./experiment_links.ts";
import type { ExperimentRow, ExperimentsPageProps } from "./experiments.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Badge } from "./parts.tsx";

/** Experiments as rows; by name as a tree, whose branches fold. */
export function ExperimentsTable(props: ExperimentsPageProps) {
  const { view, experiments } = props;
  const lines = view.order_by === "name"
    ? treeLines(experiments, ({ experiment }) => experiment.name)
    : experiments.map((item): TreeLine<ExperimentRow> => ({
      label: item.experiment.name,
      name: item.experiment.name,
      depth: 0,
      item,
    }));
  return (
    <div class="tw" tabindex={0} role="region" aria-label="Experiments table">
      <table class="grid names">
        <caption class="sr">Experiments, {view.order_by === "name" ? "by name" : "last active first"}</caption>
        <thead>
          <tr>
            <th class="k" scope="col" aria-sort={view.order_by === "name" ? "ascending" : undefined}>
              <a href={listHref(view, { order_by: undefined })}>Name{view.order_by === "name" && " ↑"}</a>
            </th>
            <th class="r" scope="col">Runs</th>
            <th class="lo" scope="col">
              <span class="sr">Running</span>
            </th>
            <th class="r" scope="col" aria-sort={view.order_by === "name" ? undefined : "ascending"}>
              <a href={listHref(view, { order_by: "last_update_time" })}>
                Last active{view.order_by !== "name" && " ↑"}
              </a>
            </th>
            <th class="r lo" scope="col">Size</th>
            <th class="lo" scope="col">Description</th>
            <th class="lo" scope="col">Tags</th>
            <th class="r" scope="col">
              <span class="sr">Change</span>
            </th>
          </tr>
        </thead>
        <tbody hx-boost:inherited="false">
          {foldLines(lines, new Set(view.closed)).map((line) => <Line {...props} line={line} />)}
        </tbody>
      </table>
    </div>
  );
}

function Line(props: ExperimentsPageProps & { line: FoldedLine<ExperimentRow> }) {
  const { line, view, now } = props;
  const { label, item } = line;
  if (item === undefined) return <Branch line={line} view={view} now={now} />;
  const { experiment } = item;
  return (
    <>
      <tr>
        <th scope="row" class={experiment.lifecycle_stage === "deleted" ? "k gone" : "k"} style={indentOf(line)}>
          <Fold line={line} view={view} />
          <Icon name="flask" />
          <a href={href(path`/experiments/${experiment.experiment_id}`)} dir="auto" title={experiment.name}>{label}</a>
        </th>
        <Figures {...item} now={now} />
        <td class="lo d" dir="auto">{plainLine(descriptionOf(experiment))}</td>
        <td class="lo">
          <Tags experiment={experiment} />
        </td>
        <td class="r">
          <Change experiment={experiment} view={view} />
        </td>
      </tr>
      {view.edit === experiment.experiment_id && <EditRow experiment={experiment} />}
    </>
  );
}

type LineProps = { line: FoldedLine<ExperimentRow>; view: ExperimentsQuery };

const indentOf = ({ depth }: FoldedLine<ExperimentRow>) => depth > 0 ? `--d:${depth}` : undefined;

/** Folds what stands below a line, or opens it. */
function Fold({ line: { name, below, open }, view }: LineProps) {
  if (below.length === 0) return <span class="fold"></span>;
  const closed = open ? [...view.closed, name] : view.closed.filter((one) => one !== name);
  return (
    <a
      class="fold"
      href={listHref(view, { closed, page_token: view.page_token })}
      hx-boost={swaps}
      aria-expanded={open ? "true" : "false"}
      aria-label={`${open ? "Fold" : "Open"} ${name}, ${counted(below.length, "experiment")}`}
    >
      <Icon name={open ? "down" : "right"} />
    </a>
  );
}

/** A beginning that names share: with the sums of what is below it. */
function Branch({ line, view, now }: LineProps & { now: number }) {
  const { below, label } = line;
  return (
    <tr class="branch">
      <th scope="row" class="k" style={indentOf(line)}>
        <Fold line={line} view={view} />
        <Icon name="folder" />
        <bdi title={line.name}>{label}</bdi>
      </th>
      <Figures {...summed(below)} now={now} />
      <td class="lo d">{line.open ? "" : counted(below.length, "experiment")}</td>
      <td class="lo"></td>
      <td></td>
    </tr>
  );
}

function summed(rows: readonly ExperimentRow[]): Omit<ExperimentRow, "experiment"> {
  const sum = (of: (row: ExperimentRow) => number | undefined): number =>
    rows.reduce((all, row) => all + (of(row) ?? 0), 0);
  const bytes = sum(({ artifacts }) => artifacts?.bytes);
  return {
    active_runs: countSum(rows.map(({ active_runs }) => active_runs)),
    running: sum(({ running }) => running),
    last_activity: Math.max(...rows.map(({ last_activity }) => last_activity ?? 0)) || undefined,
    artifacts: bytes === 0 ? undefined : { bytes, files: sum(({ artifacts }) => artifacts?.files) },
  };
}

type FigureProps = Omit<ExperimentRow, "experiment"> & { now: number };

function Figures({ active_runs, running, last_activity, artifacts, now }: FigureProps) {
  return (
    <>
      <td class="r">{countText(active_runs) ?? ""}</td>
      <td class="lo">{running ? <span class="st running">{count(running)} running</span> : ""}</td>
      <td class="r">{last_activity === undefined ? "" : age(now - last_activity)}</td>
      <td
        class="r lo"
        title={artifacts && `${counted(artifacts.bytes, "byte")} in ${counted(artifacts.files, "file")}`}
      >
        {artifacts === undefined ? "" : bytes(artifacts.bytes)}
      </td>
    </>
  );
}

/** Three tags, and how many more. */
function Tags({ experiment }: { experiment: Experiment }) {
  const own = ownTags(experiment);
  const text = ({ key, value }: KeyValue) => value === "" ? key : `${key}: ${value}`;
  const rest = own.slice(3);
  return (
    <>
      {own.slice(0, 3).map((tag) => (
        <>
          <Badge>{text(tag)}</Badge>
          {" "}
        </>
      ))}
      {rest.length > 0 && <span title={rest.map(text).join("\n")}>+{rest.length}</span>}
    </>
  );
}

function Change({ experiment, view }: { experiment: Experiment; view: ExperimentsQuery }) {
  if (experiment.lifecycle_stage === "deleted") return <RestoreForm experiment={experiment} />;
  const open = view.edit === experiment.experiment_id;
  return (
    <a
      class="btn sq ghost"
      id={`edit-${experiment.experiment_id}`}
      hx-boost={swaps}
      href={listHref(view, { page_token: view.page_token, edit: open ? undefined : experiment.experiment_id })}
      aria-expanded={open ? "true" : "false"}
      aria-label={`Rename, describe or delete ${experiment.name}`}
      title="Rename, describe, delete"
    >
      <Icon name={open ? "close" : "edit"} />
    </a>
  );
}

function EditRow({ experiment }: { experiment: Experiment }) {
  return (
    <tr class="edit">
      <td colspan={8}>
        <EditForm experiment={experiment} />
        <TagForms experiment={experiment} />
        <DeleteForm experiment={experiment} />
      </td>
    </tr>
  );
}

import type { Run } from "../domain/entities.ts";
import type { Experiment } from "../domain/entities.ts";
import { counted } from "../domain/format.ts";
import { chartScripts } from "./chart.tsx";
import { chartsHref, chartsPath, chartsQuery } from "./charts_links.ts";
import { ChartsImages, type ChartsImagesProps } from "./charts_images.tsx";
import { ChartsPlots, type ChartsPlotsProps } from "./charts_plots.tsx";
import { ChartRuns, type ChartRunsProps } from "./charts_runs.tsx";
import { Wall, type WallProps } from "./charts_wall.tsx";
import { ChartTools } from "./chart_tools.tsx";
import { descriptionOf, ExperimentMenu } from "./experiment_forms.tsx";
import { ExperimentTabs, type ExperimentTabsProps } from "./experiment_tabs.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Empty, Menu, PageHead, Snippet } from "./parts.tsx";
import { plotScripts } from "./plots/plots.tsx";
import { GroupForm } from "./runs_group_by.tsx";
import { crumbsOf } from "./runs_table.tsx";
import { SavedViews, type SavedViewsProps } from "./saved_views.tsx";
import { Shell } from "./shell.tsx";
import { pythonRun } from "./snippets.ts";

export interface ChartsPageProps extends ChartRunsProps, WallProps {
  experiment: Experiment;
  /** How much the tabs hold. */
  counts?: ExperimentTabsProps["counts"];
  /** Runs of the list that are running. */
  running: readonly Run[];
  available: { metrics: readonly string[]; params: readonly string[]; tags: readonly string[] };
  /** Metrics with a curve in any of the listed runs, and those with one value a run. */
  curved: number;
  single: readonly string[];
  views: SavedViewsProps;
  /** The transaction from which on the page is to be told what comes. */
  since?: number | undefined;
  images: ChartsImagesProps["images"];
  plots: Omit<ChartsPlotsProps, "view" | "directions">;
  /** The address under which clients reach this server, such as "http://localhost:5000". */
  server: string;
}

/** `/experiments/:id/charts`: the curves of an experiment's runs, a card per metric. */
export function ChartsPage(props: ChartsPageProps) {
  const { experiment, view } = props;
  const { crumbs, last } = crumbsOf(experiment.name);
  return (
    <Shell
      title={`Charts of ${experiment.name}`}
      current="experiments"
      scripts={["charts_page.js", "saved_views.js", ...chartScripts, ...plotScripts]}
    >
      <PageHead crumbs={crumbs} title={last} description={descriptionOf(experiment)}>
        <Live {...props} />
        <SavedViews {...props.views} />
        <ExperimentMenu experiment={experiment} />
      </PageHead>
      <ExperimentTabs experiment_id={experiment.experiment_id} current="charts" view={view} counts={props.counts} />
      <Region {...props} />
    </Shell>
  );
}

function Live(props: ChartsPageProps) {
  const { experiment: { experiment_id }, running } = props;
  return (
    <span
      class="live needsjs"
      id="live"
      data-events={running.length === 0
        ? undefined
        : href(path`/live`, { runs: running.slice(0, 100).map(({ info }) => info.run_id), since: props.since })}
      data-single={props.single.join("\n")}
      data-experiment={href(path`/experiments/${experiment_id}/events`)}
    >
      {running.length === 0 ? "Nothing running" : `${counted(running.length, "run")} running`}
    </span>
  );
}

/** The part of the page that every choice on it changes. */
function Region(props: ChartsPageProps) {
  const { view, listed, error, curved } = props;
  const untouched = view.filter === "" && view.view === "active" && view.page_token === undefined;
  if (listed.length === 0 && untouched && error === undefined) return <NoCurves {...props} title="No runs yet" />;
  return (
    <div id="charts" class="cpage">
      <ChartRuns {...props} />
      <div class="cmain">
        <Tools {...props} />
        <p id="fresh" class="mut" role="status"></p>
        {listed.length > 0 && curved === 0
          ? <NoCurves {...props} title="No curves yet" />
          : props.sections.length === 0 && view.find !== ""
          ? <p class="mut cnote">No metric’s name holds “{view.find}”.</p>
          : <Wall {...props} />}
        {props.single.length > 0 && curved > 0 && (
          <p class="mut cnote" title={props.single.join("\n")}>
            {counted(props.single.length, "metric")} with a single value a run{" "}
            {props.single.length === 1 ? "has" : "have"} no curve.
          </p>
        )}
        {view.only === undefined && <ChartsImages view={view} images={props.images} />}
        {listed.length > 0 && <ChartsPlots view={view} directions={props.directions} {...props.plots} />}
      </div>
    </div>
  );
}

function Tools(props: ChartsPageProps) {
  const { view, available, curved } = props;
  const fields = chartsQuery(view);
  return (
    <div class="bar ctools">
      <ChartTools
        action={href(chartsPath(view))}
        fields={fields}
        part="#charts"
        view={view}
        along={available.metrics.filter((key) => !key.startsWith("system/")).slice(0, 200)}
      />
      <XRange view={view} />
      <GroupForm
        action={href(chartsPath(view))}
        group={view.group}
        available={available}
        others={{ ...fields, group: undefined }}
        label="Band by"
      />
      <form class="find" role="search" aria-label="Charts" action={href(chartsPath(view))}>
        <label class="sr" for="find">Find a chart</label>
        <Icon name="search" />
        <input
          id="find"
          name="find"
          type="search"
          value={view.find}
          placeholder={counted(curved, "chart")}
          autocomplete="off"
        />
        <HiddenFields query={{ ...fields, find: undefined, only: undefined }} />
      </form>
      <a class="btn" href="#plots" title="Parallel coordinates, importance, scatter and more, below the curves">
        Plots <Icon name="down" />
      </a>
    </div>
  );
}

const units = { step: "step", relative: "seconds since start", time: "ms since 1970", metric: "value" } as const;

function XRange({ view }: Pick<ChartsPageProps, "view">) {
  const set = view.from !== undefined || view.to !== undefined;
  return (
    <Menu icon="swap" text="Range of x" {...(set && { note: "set" })}>
      <form class="form" action={href(chartsPath(view))}>
        <HiddenFields query={{ ...chartsQuery(view), from: undefined, to: undefined }} />
        <label>
          From ({units[view.x]})
          <input type="text" inputmode="decimal" name="from" value={view.from ?? ""} />
        </label>
        <label>
          To
          <input type="text" inputmode="decimal" name="to" value={view.to ?? ""} />
        </label>
        <div class="acts">
          {set && <a class="btn" href={chartsHref(view, { from: undefined, to: undefined })}>The whole range</a>}
          <button type="submit" class="pri">Apply to all charts</button>
        </div>
      </form>
    </Menu>
  );
}

function NoCurves({ experiment, server, title }: ChartsPageProps & { title: string }) {
  return (
    <Empty title={title}>
      <p>A metric has a curve from its second point on:</p>
      <Snippet label="A curve in Python" code={pythonRun(server, experiment.name)} />
    </Empty>
  );
}

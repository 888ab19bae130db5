import type { Run } from "../domain/entities.ts";
import { count, counted } from "../domain/format.ts";
import type { Direction } from "../domain/metric_names.ts";
import type { Extremes } from "../domain/plots/fields.ts";
import { printDimension } from "../domain/sweeps/space_text.ts";
import { isActive, type Sweep, type Trial } from "../domain/sweeps/sweep.ts";
import type { SweepQuery } from "../wire/pages_sweeps.ts";
import { Asked, Fact } from "./asked_facts.tsx";
import { Icon } from "./icons.tsx";
import { jobHref } from "./job_parts.tsx";
import { LaunchAgain } from "./launch_again.tsx";
import { href, path } from "./links.ts";
import { PageHead, Panel, Time } from "./parts.tsx";
import { Plots, plotScripts } from "./plots/plots.tsx";
import { Polls } from "./polls.tsx";
import { Shell } from "./shell.tsx";
import { SweepChart } from "./sweep_chart.tsx";
import { methodWords, objective, sweepHref, SweepStatus, valueText } from "./sweep_parts.tsx";
import { TrialsTable } from "./sweep_trials.tsx";

export interface SweepPageProps {
  view: SweepQuery;
  sweep: Sweep;
  /** All of them, by their numbers. */
  trials: readonly Trial[];
  /** Of the trials, as many as plots take. */
  runs: readonly Run[];
  /** Whether there are more runs than these. */
  more: boolean;
  extremes: Extremes;
  directions: ReadonlyMap<string, Direction>;
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/projects/sweeps/:sweep_id`: how far a sweep is, what it has found, and its trials. */
export function SweepPage(props: SweepPageProps) {
  const { sweep, trials, runs } = props;
  const { sweep_id, experiment_id } = sweep;
  return (
    <Shell title={sweep.run_name} current="projects" scripts={plotScripts}>
      <PageHead crumbs={[{ text: "Projects", href: href(path`/projects`) }]} title={<bdi>{sweep.run_name}</bdi>}>
        <LaunchAgain spec={sweep.asked} from={{ sweep: sweep_id }}>Sweep again with changes…</LaunchAgain>
        <a
          class="btn"
          href={href(path`/experiments/${experiment_id}`, { filter: `tags."weir.sweep" = '${sweep_id}'` })}
        >
          <Icon name="columns" />In the table of runs
        </a>
        <a class="btn" href={href(path`/runs/${sweep.run_id}`)}>
          <Icon name="right" />The run
        </a>
      </PageHead>
      <div class="page" id="sweep">
        {sweep.state === "running" && <Polls address={sweepHref(sweep_id)} part="#sweep" />}
        <Facts {...props} />
        <SweepChart sweep={sweep} trials={trials} />
        <TrialsTable sweep={sweep} trials={trials} />
        <Asked {...sweep.asked} />
      </div>
      {runs.length > 1 && <SweepPlots {...props} />}
    </Shell>
  );
}

function SweepPlots({ view, sweep, runs, more, extremes, directions, now }: SweepPageProps) {
  const { sweep_id, metric, goal } = sweep;
  const about = view.plots.about ?? (metric === undefined ? undefined : `metrics.${metric}`);
  // What the sweep looks for is better, whatever the metric's name says.
  const known = metric === undefined
    ? directions
    : new Map([...directions, [metric, goal === "minimize" ? "lower" as const : "higher" as const]]);
  return (
    <div class="page" id="sweep-plots">
      <Plots
        runs={runs}
        more={more}
        settings={{ ...view.plots, about }}
        directions={known}
        extremes={extremes}
        now={now}
        action={path`/projects/sweeps/${sweep_id}`}
        fields={{}}
        part="#sweep-plots"
        linksTo={(ids) =>
          ids.length > 1
            ? [{ text: `Compare these ${ids.length}`, href: href(path`/compare`, { runs: ids.join(",") }) }]
            : []}
      />
    </div>
  );
}

function Facts({ sweep, trials, now }: SweepPageProps) {
  const { method, max_trials, parallel, early_stopping, space, reason, best, ended_time, created_time } = sweep;
  const over = trials.filter((trial) => !isActive(trial));
  const active = trials.length - over.length;
  const found = trials.find(({ number }) => number === best);
  return (
    <Panel title="Sweep" actions={sweep.state === "running" && <Cancel {...sweep} />}>
      <dl class="kv">
        <Fact name="State">
          <SweepStatus {...sweep} />
        </Fact>
        {reason !== undefined && <Fact name="Reason">{reason}</Fact>}
        <Fact name="Trials">
          <progress max={max_trials} value={over.length} aria-label="Trials that have ended" /> {count(over.length)} of
          {" "}
          {count(max_trials)}
          {active > 0 && `, ${count(active)} under way`}
        </Fact>
        {found && (
          <Fact name="Best">
            <b>{valueText(found.value)}</b> <a href={jobHref(found.job_id)}>trial {found.number}</a>
            {": "}
            <span dir="auto">{found.values.map(({ key, value }) => `${key}=${value}`).join(", ")}</span>
          </Fact>
        )}
        <Fact name="Method">
          {methodWords[method]}
          {parallel > 1 && `, ${counted(parallel, "trial")} at once`}
        </Fact>
        {sweep.metric !== undefined && <Fact name="Looks for">{objective(sweep)}</Fact>}
        {early_stopping && (
          <Fact name="Stops early">
            what is worse than the median of {early_stopping.min_trials} others or more, from step{" "}
            {early_stopping.min_step} on
          </Fact>
        )}
        {space.map((dimension) => (
          <Fact name={dimension.key}>
            <code dir="auto">{printDimension(dimension)}</code>
          </Fact>
        ))}
        <Fact name="Asked">
          <Time at={created_time} now={now} />
        </Fact>
        {ended_time !== undefined && (
          <Fact name="Ended">
            <Time at={ended_time} now={now} />
          </Fact>
        )}
      </dl>
    </Panel>
  );
}

const Cancel = ({ sweep_id }: Sweep) => (
  <form method="post" action={`${sweepHref(sweep_id)}/cancel`}>
    <button type="submit" class="danger">
      <Icon name="stop" />Cancel
    </button>
  </form>
);

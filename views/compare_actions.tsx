import type { ComparedExperiment } from "../domain/comparison.ts";
import type { Run } from "../domain/entities.ts";
import { counted } from "../domain/format.ts";
import type { ComparisonFormat } from "../wire/pages_compare.ts";
import type { CompareView } from "../wire/pages_run.ts";
import { compareFields, compareHref } from "./chart_links.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Menu } from "./parts.tsx";
import { swaps } from "./view_form.tsx";

export interface CompareActionsProps {
  view: CompareView;
  runs: readonly Run[];
  experiments: ReadonlyMap<string, ComparedExperiment>;
  /** The transaction from which on the page is to be told what comes. */
  since?: number | undefined;
  /** How people reach this server. */
  server: string;
}

/** What can be done with a comparison, in the head of its page. */
export function CompareActions(props: CompareActionsProps) {
  const { view, runs } = props;
  const diff = view.only === "diff";
  const running = runs.filter(({ info }) => info.status === "RUNNING").map(({ info }) => info.run_id);
  return (
    <>
      {running.length > 0 && (
        <span class="live needsjs" id="live" data-events={href(path`/live`, { runs: running, since: props.since })}>
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
      <AddRuns {...props} />
      <TakeAlong {...props} />
    </>
  );
}

/** To the table of the one experiment, with these runs ticked; and the baseline of an experiment, where it is not among them. */
function AddRuns({ view, runs, experiments }: CompareActionsProps) {
  const [only = "", ...others] = [...experiments.keys()];
  const there = new Set(view.runs);
  const missing = [...experiments.values()].flatMap(({ baseline }) =>
    baseline !== undefined && !there.has(baseline) ? [baseline] : []
  );
  const ids = runs.map(({ info }) => info.run_id);
  return (
    <>
      {missing.length > 0 && runs.length < 100 && (
        <a
          class="btn"
          href={compareHref(view, { runs: [...missing, ...view.runs], baseline: missing[0] })}
          title="The baseline that was set for the experiment is not among these runs"
        >
          <Icon name="pin" />Add the baseline
        </a>
      )}
      <a
        class="btn"
        href={others.length === 0 ? href(path`/experiments/${only}`, { runs: ids }) : href(path`/experiments`)}
        title={others.length === 0 ? "Tick more runs in the table" : "The runs are of several experiments"}
      >
        <Icon name="add" />Add run
      </a>
    </>
  );
}

const formats: readonly { format: ComparisonFormat; text: string }[] = [
  { format: "csv", text: "CSV" },
  { format: "md", text: "Markdown" },
  { format: "json", text: "JSON" },
];

function TakeAlong({ view, runs, server }: CompareActionsProps) {
  const fields = compareFields(view);
  const here = new URL(compareHref(view), server);
  return (
    <Menu icon="download" text="Export">
      <ul>
        {formats.map(({ format, text }) => (
          <li>
            <a href={href(path`/compare/export`, { ...fields, format })} hx-boost="false" download>
              <Icon name="download" />
              {text}
            </a>
          </li>
        ))}
        <li class="needsjs">
          <button type="button" class="ghost" data-copy={here.href}>
            <Icon name="copy" />Copy link
          </button>
        </li>
      </ul>
      <p class="mut">
        {counted(runs.length, "run")},{" "}
        {view.only === "diff" ? "only what differs" : "all rows"}, with the changes from the baseline.
      </p>
    </Menu>
  );
}

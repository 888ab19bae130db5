import { counted } from "../domain/format.ts";
import type { Sweep, Trial } from "../domain/sweeps/sweep.ts";
import { jobHref, stateWords, statusOf } from "./job_parts.tsx";
import { Dot, Panel, statusMark } from "./parts.tsx";
import { valueText } from "./sweep_parts.tsx";

/** Trials that the table shows: the newest. */
const mostRows = 100;

/** What each trial was given and what came of it, the newest first. */
export function TrialsTable({ sweep, trials }: { sweep: Sweep; trials: readonly Trial[] }) {
  const shown = trials.toReversed().slice(0, mostRows);
  const { space, metric, best } = sweep;
  return (
    <Panel
      title="Trials"
      note={trials.length > shown.length
        ? `the newest ${shown.length} of ${counted(trials.length, "trial")}`
        : undefined}
    >
      <div class="tw" tabindex={0} role="region" aria-label="Trials">
        <table class="grid names">
          <caption class="sr">Trials, newest first</caption>
          <thead>
            <tr>
              <th class="k" scope="col">Trial</th>
              <th scope="col">State</th>
              {metric !== undefined && <th class="r" scope="col" dir="auto">{metric}</th>}
              {space.map(({ key }) => <th class="r" scope="col" dir="auto">{key}</th>)}
              <th class="lo" scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((trial) => (
              <tr id={`trial-${trial.number}`}>
                <th scope="row" class="k">
                  <Dot run_id={trial.run_id} />
                  <a href={jobHref(trial.job_id)}>{trial.number}</a>
                </th>
                <td>
                  <span class={statusMark(statusOf[trial.state]).class}>{stateOf(trial)}</span>
                </td>
                {metric !== undefined && (
                  <td class={trial.number === best ? "r best" : "r"}>{valueText(trial.value)}</td>
                )}
                {trial.values.map(({ value }) => <td class="r" dir="auto">{value}</td>)}
                <td class="lo d" dir="auto" title={trial.reason}>{trial.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

const stateOf = ({ state, cancelling }: Trial): string =>
  state === "running" && cancelling ? "Stopping" : stateWords[state];

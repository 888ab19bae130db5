import { count } from "../domain/format.ts";
import type { Sweep } from "../domain/sweeps/sweep.ts";
import { Dot, Panel, Time } from "./parts.tsx";
import { methodWords, objective, sweepHref, SweepStatus, valueText } from "./sweep_parts.tsx";

export interface ShownSweep {
  sweep: Sweep;
  /** Of the best trial. */
  value: number | undefined;
}

/** The newest sweeps, of those that there are. */
export function SweepsPanel({ sweeps, now }: { sweeps: readonly ShownSweep[]; now: number }) {
  return (
    <Panel title="Sweeps">
      <div class="tw" tabindex={0} role="region" aria-label="Sweeps">
        <table class="grid names">
          <caption class="sr">Sweeps, newest first</caption>
          <thead>
            <tr>
              <th class="k" scope="col">Run</th>
              <th scope="col">State</th>
              <th class="r" scope="col">Trials</th>
              <th class="lo" scope="col">Method</th>
              <th class="lo" scope="col">Looks for</th>
              <th class="r" scope="col">Best</th>
              <th class="r lo" scope="col">Asked</th>
            </tr>
          </thead>
          <tbody>
            {sweeps.map(({ sweep, value }) => (
              <tr id={`sweep-${sweep.sweep_id}`}>
                <th scope="row" class="k">
                  <Dot run_id={sweep.run_id} />
                  <a dir="auto" href={sweepHref(sweep.sweep_id)}>{sweep.run_name}</a>
                </th>
                <td title={sweep.reason}>
                  <SweepStatus {...sweep} />
                </td>
                <td class="r">{count(sweep.begun)} of {count(sweep.max_trials)}</td>
                <td class="lo">{methodWords[sweep.method]}</td>
                <td class="lo d" dir="auto">{objective(sweep)}</td>
                <td class="r">{valueText(value)}</td>
                <td class="r lo">
                  <Time at={sweep.created_time} now={now} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

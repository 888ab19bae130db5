import { counted } from "../domain/format.ts";
import type { NumberColumn } from "../domain/plots/columns.ts";
import { type NumberScale, numberScale, placeOn } from "../domain/plots/scales.ts";
import { runMarks } from "../domain/run_color.ts";
import { isActive, isBetter, type Sweep, type Trial } from "../domain/sweeps/sweep.ts";
import { Panel } from "./parts.tsx";
import { across, down, Frame } from "./plots/frame.tsx";
import { valueText } from "./sweep_parts.tsx";

const numbers = (label: string, cells: (number | undefined)[]): NumberColumn => ({
  ...{ kind: "number", unit: "plain", direction: "unknown", texts: [], words: 0, name: label, label, cells },
  field: { kind: "attributes", key: label },
});

/** Trials that are drawn as dots: the newest. */
const mostDots = 1000;

/** The value of each trial in the order of the trials, and the best so far as a line. */
export function SweepChart({ sweep, trials }: { sweep: Sweep; trials: readonly Trial[] }) {
  const { metric, goal } = sweep;
  const shown = trials.filter((trial): trial is Trial & { value: number } => Number.isFinite(trial.value));
  if (metric === undefined || shown.length < 2) return null;
  const x = numbers("trial", shown.map(({ number }) => number));
  const y = numbers(metric, shown.map(({ value }) => value));
  const scales = { x: numberScale(x, { pad: 0.05, log: false, apart: 0.15 }), y: numberScale(y, { pad: 0.05 }) };
  const place = (scale: NumberScale, value: number) => placeOn(scale, value) ?? 0;
  const marks = runMarks(shown.map(({ run_id }) => run_id));
  const label = `${metric} of ${counted(shown.length, "trial")}, with the best so far`;
  return (
    <Panel title="Results" note={label}>
      <Frame x={{ column: x, scale: scales.x }} y={{ column: y, scale: scales.y }} label={label}>
        <path
          class="bestline"
          d={bestSoFar(goal, shown).map(({ number, value }, index) => {
            const [left, top] = [across(place(scales.x, number)), down(place(scales.y, value))];
            return index === 0 ? `M${left} ${top}` : `H${left}V${top}`;
          }).join("") + `H${across(place(scales.x, shown.at(-1)?.number ?? 0))}`}
        />
        {shown.slice(-mostDots).map((trial) => (
          <path
            class={`spot c${marks.get(trial.run_id)?.color ?? 0}${isActive(trial) ? " dim" : ""}`}
            style="stroke-width:9px"
            data-line={trial.run_id}
            d={`M${across(place(scales.x, trial.number))} ${down(place(scales.y, trial.value))}h0`}
          >
            <title>
              Trial {trial.number}: {valueText(trial.value)}{" "}
              ({trial.values.map(({ key, value }) => `${key}=${value}`).join(", ")})
            </title>
          </path>
        ))}
      </Frame>
    </Panel>
  );
}

/** Each trial that was better than all before it. */
function bestSoFar<T extends { value: number }>(goal: Sweep["goal"], trials: readonly T[]): T[] {
  const best: T[] = [];
  for (const trial of trials) if (isBetter(goal, trial.value, best.at(-1)?.value ?? NaN)) best.push(trial);
  return best;
}

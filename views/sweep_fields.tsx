import { printSpace } from "../domain/sweeps/space_text.ts";
import { type Search, type Sweep, sweepMethods } from "../domain/sweeps/sweep.ts";
import { CountField, TextField } from "./fields.tsx";
import { methodWords } from "./sweep_parts.tsx";

const example = "lr = 0.0001 to 0.1 log\nepochs = 1 to 10 step 1\noptimizer = adam, sgd";

/** What a form that begins a sweep has beyond one that runs a project: its names are those of `SweepForm`. */
export function SweepFields({ sweep }: { sweep?: Sweep | undefined }) {
  const rule = sweep?.early_stopping;
  return (
    <div class="fields">
      <label class="w3">
        What is searched, a line for each parameter
        <textarea
          name="space"
          rows={4}
          class="mono"
          spellcheck={false}
          placeholder={example}
        >
          {sweep && printSpace(sweep.space)}
        </textarea>
        <span class="mut">
          A range, its steps if it has any, <code>log</code>{" "}
          for what spans magnitudes; or values with commas between. What is named here goes before what is given above.
        </span>
      </label>
      <label>
        Method
        <select name="method">
          {sweepMethods.map((method) => (
            <option value={method} selected={sweep?.method === method || undefined}>{methodNotes[method]}</option>
          ))}
        </select>
      </label>
      <TextField
        label="Metric"
        name="metric"
        value={sweep?.metric ?? ""}
        hint="val_loss"
        most={250}
        note="Its latest value says how good a trial is."
      />
      <label>
        The best is
        <select name="goal">
          <option value="minimize">the least</option>
          <option value="maximize" selected={sweep?.goal === "maximize" || undefined}>the greatest</option>
        </select>
      </label>
      <CountField label="Trials" name="max_trials" value={sweep?.max_trials} hint="20, or all of a grid" />
      <CountField label="At once" name="parallel" value={sweep?.parallel ?? 1} />
      <fieldset class="w3 early">
        <label class="check">
          <input type="checkbox" name="early" value="true" checked={rule !== undefined} />
          Stop trials early that do worse than the median of the others by the same step
        </label>
        <CountField label="From step" name="min_step" value={rule?.min_step ?? 1} least={0} />
        <CountField label="With so many others" name="min_trials" value={rule?.min_trials ?? 3} />
      </fieldset>
    </div>
  );
}

const methodNotes: Readonly<Record<Search["method"], string>> = {
  random: methodWords.random,
  grid: `${methodWords.grid}: every combination`,
  bayesian: `${methodWords.bayesian}: learns from the trials before`,
};

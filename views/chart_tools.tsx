import type { CurveAxis } from "../domain/curve.ts";
import type { DrawnView } from "./chart_links.ts";
import type { Query } from "./links.ts";
import { Menu } from "./parts.tsx";
import { ViewForm } from "./view_form.tsx";

const axes: readonly { axis: CurveAxis; text: string }[] = [
  { axis: "step", text: "Step" },
  { axis: "relative", text: "Relative" },
  { axis: "time", text: "Wall time" },
];

export interface ChartToolsProps {
  /** Where the form leads, the other fields of the view, and the part of the page that changes. */
  action: string;
  fields: Query;
  part: string;
  view: DrawnView;
  /** Metrics that may run along x; left out where none may. */
  along?: readonly string[];
  /** Metrics to choose from, and those chosen; left out where there is nothing to choose. */
  metrics?: { known: readonly string[]; chosen: ReadonlySet<string> };
}

/** How the charts of a page are drawn. With JavaScript a change applies at once, without by the button. */
export function ChartTools({ action, fields, part, view, along = [], metrics }: ChartToolsProps) {
  const { x, by, smooth, log, logx, full, ...others } = fields;
  const { metric: _metric, ...unpicked } = others;
  return (
    <>
      <ViewForm id="draw" action={action} fields={others} part={part} class="tools">
        <div class="seg" role="radiogroup" aria-label="X axis">
          {axes.map(({ axis, text }) => (
            <label class="btn">
              <input class="sr" type="radio" name="x" value={axis} checked={axis === view.x} data-draws />
              {text}
            </label>
          ))}
          {along.length > 0 && <MetricAxis view={view} along={along} />}
        </div>
        {metrics && <MetricPicker {...metrics} />}
        <label>
          Smoothing
          <input type="range" name="smooth" min="0" max="0.99" step="0.01" value={view.smooth} data-draws />
          <output>{view.smooth.toFixed(2)}</output>
        </label>
        <label class="sw">
          <input type="checkbox" name="log" value="1" checked={view.log} data-draws />
          Log y
        </label>
        <label class="sw">
          <input type="checkbox" name="logx" value="1" checked={view.logx} data-draws />
          Log x
        </label>
        <label class="sw" title="Show the steep beginning of the curves too">
          <input type="checkbox" name="full" value="1" checked={view.full} data-draws />
          Full range
        </label>
        <button type="submit" class="nojs">Apply</button>
      </ViewForm>
      {metrics && (
        <div hidden>
          <ViewForm id="pick" action={action} fields={{ ...unpicked, x, by, smooth, log, logx, full }} part={part} />
        </div>
      )}
    </>
  );
}

/** The radio is chosen with the metric: `charts.js` sees to it. */
function MetricAxis({ view, along }: { view: DrawnView; along: readonly string[] }) {
  return (
    <label class="btn along">
      <input class="sr" type="radio" name="x" value="metric" checked={view.x === "metric"} />
      <select name="by" aria-label="Metric along x" data-along>
        <option value="">Metric…</option>
        {along.map((key) => (
          <option value={key} selected={view.x === "metric" && key === view.by || undefined}>{key}</option>
        ))}
      </select>
    </label>
  );
}

function MetricPicker({ known, chosen }: NonNullable<ChartToolsProps["metrics"]>) {
  return (
    <Menu icon="columns" text="Metrics" note={`${chosen.size} of ${known.length}`}>
      <ul class="pick">
        {known.map((key) => (
          <li>
            <label>
              <input type="checkbox" form="pick" name="metric" value={key} checked={chosen.has(key)} />
              <span dir="auto">{key}</span>
            </label>
          </li>
        ))}
      </ul>
      <button type="submit" form="pick">Show these curves</button>
    </Menu>
  );
}

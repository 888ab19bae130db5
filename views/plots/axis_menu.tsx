import { factLabel, fieldName, fieldOf, type KnownFields } from "../../domain/plots/fields.ts";
import { placed } from "../../domain/plots/columns.ts";
import type { ParallelAxis } from "../../domain/plots/parallel.ts";
import { mayBeLog } from "../../domain/plots/scales.ts";
import type { PlotPlan, PlotSettings } from "../../domain/plots/settings.ts";
import { href } from "../links.ts";
import { swaps, ViewForm } from "../view_form.tsx";
import { movedAxes, plotFields, plotsHref, type PlotsPlace, withoutBrush } from "./links.ts";

export interface AxisMenuProps {
  axis: ParallelAxis;
  at: number;
  of: number;
  brushed: boolean;
  plan: PlotPlan;
  settings: PlotSettings;
  place: PlotsPlace;
}

/** The head of an axis: its name, and below it all that can be done to the axis without a pointer. */
export function AxisMenu(props: AxisMenuProps) {
  const { axis, settings, place } = props;
  const { column } = axis;
  const name = fieldName(column.field);
  const arrow = column.kind === "number" && column.direction !== "unknown"
    ? column.direction === "lower" ? " ↓" : " ↑"
    : "";
  return (
    <details class="menu pmenu">
      <summary title={column.label}>
        <span dir="auto">{column.label}</span>
        {arrow}
      </summary>
      <div>
        <p dir="auto">
          <b>{column.label}</b>
        </p>
        <AxisChanges {...props} />
        <RangeForm axis={axis} settings={settings} place={place} name={name} />
      </div>
    </details>
  );
}

/** What can be done to the axis by links. */
function AxisChanges({ axis, at, of, brushed, plan, settings, place }: AxisMenuProps) {
  const { column, scale } = axis;
  const name = fieldName(column.field);
  const to = (change: Partial<PlotSettings>) => ({
    href: plotsHref(place, settings, change),
    "hx-boost": swaps(place.part),
  });
  const scales = new Map(settings.scale);
  if (scale.kind === "number") scales.set(name, !scale.log);
  const turnable = scale.kind === "number" && column.kind === "number" && mayBeLog(placed(column));
  return (
    <ul>
      {at > 0 && (
        <li>
          <a {...to({ axes: movedAxes(plan, at, -1) })}>Move left</a>
        </li>
      )}
      {at < of - 1 && (
        <li>
          <a {...to({ axes: movedAxes(plan, at, 1) })}>Move right</a>
        </li>
      )}
      {turnable && (
        <li>
          <a {...to({ scale: scales })}>{scale.log ? "Linear scale" : "Logarithmic scale"}</a>
        </li>
      )}
      {of > 2 && (
        <li>
          <a {...to({ axes: movedAxes(plan, at, 0).filter((each) => each !== name) })}>Remove the axis</a>
        </li>
      )}
      {brushed && (
        <li>
          <a {...to({ brush: withoutBrush(settings, name) })}>Clear its brush</a>
        </li>
      )}
    </ul>
  );
}

/** A brush by words instead of a pointer. */
function RangeForm(
  { axis: { scale }, settings, place, name }: Pick<AxisMenuProps, "axis" | "settings" | "place"> & { name: string },
) {
  const brush = settings.brush.find(({ axis }) => axis === name);
  const fields = { ...place.fields, ...plotFields({ ...settings, brush: withoutBrush(settings, name) }) };
  const few = scale.kind === "category" && scale.values.length <= 200;
  const ends = [
    ["brush_from", "From", brush?.from],
    ["brush_to", "to", brush?.to ?? (few ? scale.values.at(-1) : undefined)],
  ] as const;
  return (
    <ViewForm
      id={`brush-${encodeURIComponent(name)}`}
      action={href(place.action)}
      fields={{ ...fields, brush_axis: name }}
      part={place.part}
      class="prange"
    >
      {ends.map(([field, text, value]) => (
        <label>
          {text}
          {few
            ? (
              <select name={field}>
                {scale.values.map((each) => <option value={each} selected={each === value}>{each}</option>)}
              </select>
            )
            : <input type="text" name={field} value={value} size={7} inputmode="decimal" />}
        </label>
      ))}
      <button type="submit">Brush</button>
    </ViewForm>
  );
}

/** A further axis, of what the runs have and is not shown. */
export function AddAxis(
  { plan, settings, place, known }: Omit<AxisMenuProps, "axis" | "at" | "of" | "brushed"> & { known: KnownFields },
) {
  const shown = plan.axes.map(({ field }) => fieldName(field));
  const groups = [
    { label: "Params", kind: "params", keys: known.params },
    { label: "Metrics", kind: "metrics", keys: known.metrics },
    { label: "Run", kind: "attributes", keys: known.facts },
    { label: "Tags", kind: "tags", keys: known.tags },
  ].map(({ label, kind, keys }) => ({
    label,
    names: keys.map((key) => `${kind}.${key}`).filter((name) => !shown.includes(name)).slice(0, 80),
  })).filter(({ names }) => names.length > 0);
  if (groups.length === 0) return null;
  return (
    <ViewForm
      id="plots-axis"
      action={href(place.action)}
      fields={{ ...place.fields, ...plotFields({ ...settings, axes: shown }) }}
      part={place.part}
    >
      <label class="pchoice">
        <span class="sr">Add an axis</span>
        <select name="axes" data-submits>
          <option value="">Add an axis…</option>
          {groups.map(({ label, names }) => (
            <optgroup label={label}>
              {names.map((name) => <option value={name}>{keyOf(name)}</option>)}
            </optgroup>
          ))}
        </select>
      </label>
      <button type="submit" class="nojs">Add</button>
    </ViewForm>
  );
}

function keyOf(name: string): string {
  const field = fieldOf(name);
  return field === undefined ? name : field.kind === "attributes" ? factLabel(field.key) : field.key;
}

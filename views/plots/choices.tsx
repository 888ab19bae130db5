import { factLabel, fieldName, type KnownFields, type PlotField } from "../../domain/plots/fields.ts";
import { noField, type PlotKind, plotKinds, type PlotPlan, type PlotSettings } from "../../domain/plots/settings.ts";
import { href } from "../links.ts";
import { ViewForm } from "../view_form.tsx";
import { plotFields, type PlotsPlace } from "./links.ts";

/** More keys than this of one kind make no list to choose from; others are reached by their names in the address. */
const mostOptions = 80;

interface Group {
  label: string;
  fields: PlotField[];
}

function groupsOf(known: KnownFields, extremes: boolean): Group[] {
  const of = (kind: PlotField["kind"], keys: readonly string[]): PlotField[] =>
    keys.slice(0, mostOptions).map((key) => ({ kind, key }));
  return [
    { label: "Metrics", fields: of("metrics", known.metrics) },
    { label: "Params", fields: of("params", known.params) },
    { label: "Run", fields: of("attributes", known.facts) },
    { label: "Tags", fields: of("tags", known.tags) },
    { label: "Least of a metric", fields: extremes ? of("min", known.metrics) : [] },
    { label: "Greatest of a metric", fields: extremes ? of("max", known.metrics) : [] },
  ].filter(({ fields }) => fields.length > 0);
}

export interface FieldChoiceProps {
  /** The field of the address. */
  name: "about" | "plot_x" | "plot_y" | "plot_color" | "plot_size" | "plot_group";
  label: string;
  known: KnownFields;
  settings: PlotSettings;
  /** What is chosen without the reader, in words. */
  usual: string;
  /** What choosing nothing means, where that can be done. */
  nothing?: string;
  only?: "metrics";
  extremes?: boolean;
}

/** A choice of a field; changes at once with JavaScript, by the button of the form without. */
export function FieldChoice(props: FieldChoiceProps) {
  const { name, label, known, settings, usual, nothing, only, extremes = false } = props;
  const chosen = settings[name];
  const groups = groupsOf(known, extremes).filter(({ label }) => only === undefined || /metric/i.test(label));
  const listed = groups.some(({ fields }) => fields.some((field) => fieldName(field) === chosen));
  return (
    <label class="pchoice">
      <span>{label}</span>
      <select name={name} form="plots-form" data-submits>
        <option value="" selected={chosen === undefined}>{usual}</option>
        {nothing !== undefined && <option value={noField} selected={chosen === noField}>{nothing}</option>}
        {chosen !== undefined && chosen !== noField && !listed && <option value={chosen} selected>{chosen}</option>}
        {groups.map((group) => (
          <optgroup label={group.label}>
            {group.fields.map((field) => (
              <option value={fieldName(field)} selected={fieldName(field) === chosen}>
                {field.kind === "attributes" ? factLabel(field.key) : field.key}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

const kindTexts: Record<PlotKind, string> = {
  parallel: "Parallel",
  importance: "Importance",
  scatter: "Scatter",
  bar: "Bar",
  box: "Box",
  contour: "Contour",
};

/** Which plots there are and which metric they are about. */
export function PlotsBar(props: { place: PlotsPlace; settings: PlotSettings; plan: PlotPlan; known: KnownFields }) {
  const { place, settings, plan, known } = props;
  const { plot: _plot, ...others } = plotFields(settings);
  const kept = ["axes", "scale", "brush", "plot_all"].map((field) => [field, others[field]]);
  return (
    <ViewForm
      id="plots-form"
      action={href(place.action)}
      fields={{ ...place.fields, plot: noField, ...Object.fromEntries(kept) }}
      part={place.part}
      class="tools"
    >
      <div class="seg pkinds" role="group" aria-label="Plots shown">
        {plotKinds.map((kind) => (
          <label class="btn">
            <input
              class="sr"
              type="checkbox"
              name="plot"
              value={kind}
              checked={plan.plots.includes(kind)}
              data-plot-kind
            />
            {kindTexts[kind]}
          </label>
        ))}
      </div>
      {plan.about && (
        <FieldChoice
          name="about"
          label="About"
          known={known}
          settings={settings}
          usual={settings.about === undefined ? plan.about.label : "chosen here"}
          only="metrics"
          extremes
        />
      )}
      <button type="submit" class="nojs">Apply</button>
    </ViewForm>
  );
}

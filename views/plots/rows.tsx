import type { Run } from "../../domain/entities.ts";
import { counted, number, type NumberStyle, numberStyle } from "../../domain/format.ts";
import { type Box, groupsOf, type RunGroup } from "../../domain/plots/box.ts";
import { hasPlace, holesOf, type NumberColumn, placed } from "../../domain/plots/columns.ts";
import type { KnownFields } from "../../domain/plots/fields.ts";
import { type NumberScale, numberScale, placeOn } from "../../domain/plots/scales.ts";
import type { PlotPlan, PlotSettings } from "../../domain/plots/settings.ts";
import { Dot } from "../parts.tsx";
import { PlotCard, PlotEmpty } from "./card.tsx";
import { FieldChoice } from "./choices.tsx";
import { across } from "./frame.tsx";
import { href, path } from "../links.ts";

export interface RowsProps {
  runs: readonly Run[];
  plan: PlotPlan;
  settings: PlotSettings;
  known: KnownFields;
  about: NumberColumn;
}

const mostRows = 30;

const GroupChoice = ({ plan, settings, known }: RowsProps) => (
  <FieldChoice
    name="plot_group"
    label="By"
    known={known}
    settings={settings}
    usual={settings.plot_group === undefined ? `${plan.group?.label ?? "run"} (usual)` : "usual"}
    nothing="each run"
  />
);

/** The marks of a scale below a column of rows. */
function Ticks({ scale }: { scale: NumberScale }) {
  return (
    <div class="rticks" aria-hidden="true">
      {scale.ticks.map(({ place, text }) => <span style={`left:${(100 * place).toFixed(1)}%`}>{text}</span>)}
    </div>
  );
}

const Drawing = ({ d, dots = "", rect }: { d: string; dots?: string; rect?: [number, number] }) => (
  <svg class="prow" viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
    {rect && <path class="fill" d={`M${rect[0]} 20H${rect[1]}V80H${rect[0]}z`} />}
    <path d={d} />
    {dots !== "" && <path class="dots" d={dots} />}
  </svg>
);

interface GroupedProps extends RowsProps {
  kind: "bar" | "box";
  title: string;
  groups: readonly RunGroup[];
  scale: NumberScale;
  draw: (group: RunGroup) => { picture: unknown; words: string };
  value: string;
  valueOf: (box: Box) => number;
  notes: readonly string[];
}

function GroupRow(
  { group, draw, valueOf, style }: Pick<GroupedProps, "draw" | "valueOf"> & { group: RunGroup; style: NumberStyle },
) {
  const { picture, words } = draw(group);
  return (
    <tr>
      <th scope="row" dir="auto" title={group.text}>{group.text ?? <span class="mut">none</span>}</th>
      <td class="r">{group.runs.length}</td>
      <td>
        {picture}
        <span class="sr">{words}</span>
      </td>
      <td class="r">{number(valueOf(group.box), style)}</td>
    </tr>
  );
}

function Grouped(props: GroupedProps) {
  const { kind, title, groups, scale, draw, value, valueOf, about, plan, notes } = props;
  const shown = groups.slice(0, mostRows);
  const style = numberStyle(shown.map(({ box }) => valueOf(box)));
  const more = groups.length - shown.length;
  return (
    <PlotCard
      kind={kind}
      title={title}
      note={`${groups.reduce((sum, { runs }) => sum + runs.length, 0)} of ${counted(about.cells.length, "run")}`}
      tools={<GroupChoice {...props} />}
      notes={[...holesOf(about), ...(more > 0 ? [`${counted(more, "more group")} not shown`] : []), ...notes]}
    >
      <div class="pscroll" tabindex={0} role="region" aria-label={title}>
        <table class="prows">
          <caption class="sr">{title}</caption>
          <thead>
            <tr>
              <th scope="col" dir="auto">{plan.group?.label}</th>
              <th scope="col" class="r">runs</th>
              <th scope="col" dir="auto">{about.label}</th>
              <th scope="col" class="r">{value}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((group) => <GroupRow group={group} style={style} draw={draw} valueOf={valueOf} />)}
            <tr class="axis">
              <td colspan={2}></td>
              <td>
                <Ticks scale={scale} />
              </td>
              <td></td>
            </tr>
          </tbody>
        </table>
      </div>
    </PlotCard>
  );
}

const withValues = (about: NumberColumn, values: readonly number[]): NumberColumn => ({ ...about, cells: [...values] });

const pos = (scale: NumberScale, value: number): number => across(Math.min(1, Math.max(0, placeOn(scale, value) ?? 0)));

/** A metric by groups as boxes. */
export function BoxPlot(props: RowsProps) {
  const { about, plan, settings } = props;
  if (plan.group === undefined) return <NoGroups {...props} kind="box" />;
  const groups = groupsOf(plan.group, about);
  const scale = numberScale(about, { pad: 0.03, log: settings.scale.get(about.name) });
  const style = numberStyle(placed(about));
  return (
    <Grouped
      {...props}
      kind="box"
      title={`${about.label} by ${plan.group.label}`}
      groups={groups}
      scale={scale}
      value="median"
      valueOf={({ median }) => median}
      notes={[
        "box: the middle half of the runs, line: median, whiskers: the farthest run within 1.5 boxes, dots: beyond (Tukey)",
      ]}
      draw={({ box, values }) => {
        const at = (value: number): number => pos(scale, value);
        const { from, to, lower, upper, median, outliers } = box;
        return {
          picture: (
            <Drawing
              rect={[at(lower), at(upper)]}
              d={`M${at(from)} 50H${at(lower)}M${at(upper)} 50H${at(to)}M${at(from)} 35V65M${at(to)} 35V65M${
                at(median)
              } 20V80`}
              dots={outliers.map((i) => `M${at(values[i] ?? 0)} 50h0`).join("")}
            />
          ),
          words: boxWords(box, style),
        };
      }}
    />
  );
}

function boxWords({ from, to, lower, upper, outliers }: Box, style: NumberStyle): string {
  const text = (value: number): string => number(value, style);
  return `middle half ${text(lower)} to ${text(upper)}, whiskers ${text(from)} to ${text(to)}, ${
    counted(outliers.length, "outlier")
  }`;
}

function NoGroups(props: RowsProps & { kind: "bar" | "box" }) {
  return (
    <PlotCard kind={props.kind} title={props.about.label} tools={<GroupChoice {...props} />}>
      <PlotEmpty>Choose a param or tag by which the runs fall into groups.</PlotEmpty>
    </PlotCard>
  );
}

/** Bars start at 0, or their lengths would lie. */
const barScale = (about: NumberColumn, values: readonly number[]): NumberScale =>
  numberScale(withValues(about, [0, ...values.filter(hasPlace)]), { log: false });

function bar(scale: NumberScale, value: number): [number, number] {
  const [a, b] = [pos(scale, 0), pos(scale, value)];
  return [Math.min(a, b), Math.max(a, b)];
}

/** A metric by groups, mean and standard deviation, or run by run, the best first. */
export function BarPlot(props: RowsProps) {
  const { about, plan } = props;
  if (plan.group === undefined) return <RunBars {...props} />;
  const groups = groupsOf(plan.group, about);
  const ends = groups.flatMap(({ box: { mean, std } }) => [mean - std, mean + std, mean]);
  const scale = barScale(about, ends);
  const style = numberStyle(placed(about));
  return (
    <Grouped
      {...props}
      kind="bar"
      title={`Mean ${about.label} by ${plan.group.label}`}
      groups={groups}
      scale={scale}
      value="mean"
      valueOf={({ mean }) => mean}
      notes={["line: mean ± standard deviation of the runs"]}
      draw={({ box: { mean, std } }) => ({
        picture: (
          <Drawing
            rect={bar(scale, mean)}
            d={std > 0
              ? `M${pos(scale, mean - std)} 50H${pos(scale, mean + std)}M${pos(scale, mean - std)} 35V65M${
                pos(scale, mean + std)
              } 35V65`
              : ""}
          />
        ),
        words: `standard deviation ${number(std, style)}`,
      })}
    />
  );
}

function RunBar(
  { run: { info }, value, scale, style }: { run: Run; value: number; scale: NumberScale; style: NumberStyle },
) {
  return (
    <tr data-run={info.run_id}>
      <th scope="row" title={info.run_name}>
        <span class="nm">
          <Dot run_id={info.run_id} />
          <a href={href(path`/runs/${info.run_id}`)} dir="auto">{info.run_name}</a>
        </span>
      </th>
      <td>
        <Drawing rect={bar(scale, value)} d="" />
      </td>
      <td class="r">{number(value, style)}</td>
    </tr>
  );
}

function RunBars(props: RowsProps) {
  const { about, runs } = props;
  const turn = about.direction === "lower" ? 1 : -1;
  const rows = runs.flatMap((run, i) => {
    const value = about.cells[i];
    return value === undefined || !hasPlace(value) ? [] : [{ run, value }];
  }).sort((a, b) => turn * (a.value - b.value));
  const shown = rows.slice(0, mostRows);
  const scale = barScale(about, shown.map(({ value }) => value));
  const style = numberStyle(shown.map(({ value }) => value));
  const order = about.direction === "unknown" ? "greatest" : "best";
  const rest = rows.length - shown.length;
  return (
    <PlotCard
      kind="bar"
      title={`${about.label} by run`}
      note={rest > 0 ? `the ${order} ${shown.length} of ${counted(runs.length, "run")}` : `the ${order} first`}
      tools={<GroupChoice {...props} />}
      notes={holesOf(about)}
    >
      <div class="pscroll" tabindex={0} role="region" aria-label={`${about.label} by run`}>
        <table class="prows">
          <caption class="sr">{about.label} by run</caption>
          <thead>
            <tr>
              <th scope="col">run</th>
              <th scope="col" dir="auto">{about.label}</th>
              <th scope="col" class="r">value</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => <RunBar {...row} scale={scale} style={style} />)}
            <tr class="axis">
              <td></td>
              <td>
                <Ticks scale={scale} />
              </td>
              <td></td>
            </tr>
          </tbody>
        </table>
      </div>
    </PlotCard>
  );
}

import type { CardSize, WallSection } from "../domain/charts_view.ts";
import { pinnedSection } from "../domain/charts_view.ts";
import type { Curve } from "../domain/curve.ts";
import { count, counted } from "../domain/format.ts";
import type { Direction } from "../domain/metric_names.ts";
import type { ChartsView } from "../wire/pages_charts.ts";
import { Chart, Charts, type Line } from "./chart.tsx";
import { chartSettings } from "./chart_links.ts";
import { chartsHref, chartsPath, chartsQuery } from "./charts_links.ts";
import { wallForm } from "./charts_runs.tsx";
import type { ChartSettings } from "./curve_svg.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { swaps } from "./view_form.tsx";

export interface WallProps {
  view: ChartsView;
  sections: readonly WallSection[];
  /** Metrics that are left out for their number. */
  left_out: number;
  /** Of the first cards, by metric. */
  curves: ReadonlyMap<string, readonly Curve[]>;
  lines: readonly Line[];
  grouped?: { group: string; runs: readonly string[] } | undefined;
  /** Which values are better, where that was set. */
  directions: ReadonlyMap<string, Direction>;
}

/** The cards, one per metric, in sections by prefix. */
export function Wall(props: WallProps) {
  const { view, sections, lines, grouped } = props;
  return (
    <>
      <form id={wallForm} action={href(chartsPath(view))} hx-boost={swaps("#charts")}>
        <HiddenFields query={chartsQuery(view)} />
      </form>
      <Charts id="cards" class="sections" lines={lines} grouped={grouped}>
        {view.only === undefined
          ? sections.map((section) => <Section {...props} section={section} />)
          : <Alone {...props} metric={view.only} />}
      </Charts>
      {view.only === undefined && <More {...props} />}
    </>
  );
}

const titleOf = ({ prefix }: WallSection): string =>
  prefix === pinnedSection ? "Pinned" : prefix === "" ? "Metrics" : prefix;

function Section(props: WallProps & { section: WallSection }) {
  const { view, section } = props;
  const closed = view.closed.includes(section.prefix || "-");
  return (
    <details
      class="csec"
      id={`section-${encodeURIComponent(section.prefix)}`}
      open={!closed}
      data-section={section.prefix || "-"}
    >
      <summary>
        <Icon name="down" />
        <h2 dir="auto">{titleOf(section)}</h2>
        <span class="mut">{count(section.metrics.length)}</span>
      </summary>
      <div class="ccards">
        {section.metrics.map((metric) => (
          <Card {...props} metric={metric} pinned={section.prefix === pinnedSection} size={view.sizes.get(metric)} />
        ))}
      </div>
    </details>
  );
}

interface CardProps extends WallProps {
  metric: string;
  pinned: boolean;
  size?: CardSize | undefined;
}

function Card(props: CardProps) {
  const { view, metric, curves, lines, directions, size } = props;
  return (
    <Chart
      metric={metric}
      curves={curves.get(metric) ?? []}
      lines={lines}
      settings={cardSettings(view, metric)}
      direction={directions.get(metric)}
      size={size}
      tools={
        <>
          <PinButton {...props} />
          {view.only === undefined && <span class="grip needsjs" data-corner title="Drag to resize"></span>}
        </>
      }
      menu={<CardMenu {...props} />}
    />
  );
}

/** How one card is drawn: as all are, within its own bounds of y. */
export function cardSettings(view: ChartsView, metric: string): ChartSettings {
  const y = view.ranges.get(metric);
  const x = { ...(view.from !== undefined && { min: view.from }), ...(view.to !== undefined && { max: view.to }) };
  return { ...chartSettings(view), bounds: { x, ...(y && { y }) } };
}

const sizes: readonly { text: string; size: string }[] = [
  { text: "Small", size: "1x1" },
  { text: "Wide", size: "2x1" },
  { text: "Full width", size: "3x1" },
  { text: "Large", size: "2x2" },
];

const PinButton = ({ metric, pinned }: CardProps) => (
  <button
    type="submit"
    class="sq ghost"
    form={wallForm}
    name={pinned ? "unpin" : "pin"}
    value={metric}
    aria-pressed={pinned ? "true" : "false"}
    aria-label={`Pin ${metric}`}
    title={pinned ? "Unpin" : "Pin"}
  >
    <Icon name="pin" />
  </button>
);

function CardMenu({ metric, size }: CardProps) {
  const now = `${size?.columns ?? 1}x${size?.rows ?? 1}`;
  return (
    <>
      <div class="seg" role="group" aria-label="Size">
        {sizes.map(({ text, size: value }) => (
          <button
            type="submit"
            form={wallForm}
            name="size"
            value={`${value}:${metric}`}
            aria-pressed={value === now ? "true" : "false"}
          >
            {text}
          </button>
        ))}
      </div>
      <ul>
        <Item name="lead" value={metric} text="Move to the front" />
        <li class="needsjs">
          <button type="button" class="ghost" data-move="-1">Move earlier</button>
        </li>
        <li class="needsjs">
          <button type="button" class="ghost" data-move="1">Move later</button>
        </li>
        <Item name="only" value={metric} text="Alone, with its ranges" />
      </ul>
    </>
  );
}

const Item = ({ name, value, text }: { name: string; value: string; text: string }) => (
  <li>
    <button type="submit" class="ghost" form={wallForm} name={name} value={value}>{text}</button>
  </li>
);

/** One metric, large, with what can be said of it alone. */
function Alone(props: WallProps & { metric: string }) {
  const { view, metric, lines, grouped } = props;
  const range = view.ranges.get(metric);
  const others = [...view.ranges].filter(([key]) => key !== metric);
  const back = chartsHref(view, { only: undefined });
  return (
    <div class="alone">
      <div class="bar flat">
        <a class="btn" href={back}>
          <Icon name="back" />All charts
        </a>
        <ExportLinks view={view} metric={metric} runs={grouped?.runs ?? lines.map(({ run_id }) => run_id)} />
      </div>
      <Card {...props} pinned={view.pin.includes(metric)} size={undefined} />
      <form class="bar flat yrange" action={href(chartsPath(view))} data-range={metric}>
        <HiddenFields
          query={{
            ...chartsQuery(view),
            y: others.map(([key, { min = "", max = "" }]) => `${min}..${max}:${key}`),
          }}
        />
        <label>
          y from <input type="text" inputmode="decimal" name="ymin" value={range?.min ?? ""} size={8} />
        </label>
        <label>
          to <input type="text" inputmode="decimal" name="ymax" value={range?.max ?? ""} size={8} />
        </label>
        <button type="submit">Apply</button>
      </form>
    </div>
  );
}

function ExportLinks({ view, metric, runs }: { view: ChartsView; metric: string; runs: readonly string[] }) {
  const { x, by, from, to, group } = view;
  const query = { runs, key: metric, x, by: x === "metric" && by, from, to };
  const y = view.ranges.get(metric);
  const drawing = {
    ...query,
    group,
    smooth: view.smooth || undefined,
    log: view.log && "true",
    logx: view.logx && "true",
    clip: !view.full && "true",
    ymin: y?.min,
    ymax: y?.max,
    width: 900,
  };
  return (
    <>
      <a class="btn" href={href(path`/api/weir/1/metrics/series.svg`, drawing)} download>
        <Icon name="download" />SVG
      </a>
      <a class="btn" href={href(path`/api/weir/1/metrics/series.csv`, query)} download>
        <Icon name="download" />CSV
      </a>
    </>
  );
}

function More({ view, sections, left_out, curves }: WallProps) {
  const cards = sections.reduce((sum, { metrics }) => sum + metrics.length, 0);
  return (
    <>
      {cards > curves.size && (
        <p class="nojs">
          <a href={chartsHref(view, { drawn: Math.min(60, view.drawn + 12) })}>Draw 12 more without JavaScript</a>
        </p>
      )}
      {left_out > 0 && (
        <p class="mut">
          {counted(left_out, "more chart")} {left_out === 1 ? "is" : "are"} left out: find{" "}
          {left_out === 1 ? "it" : "them"} by name.
        </p>
      )}
    </>
  );
}

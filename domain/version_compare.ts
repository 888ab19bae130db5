import { datasetsOf, type MetricRow, metricRow, type TextRow, textRow } from "./compare.ts";
import { compareMetricNames, compareNames, type Direction } from "./metric_names.ts";
import type { ModelCard } from "./model_card.ts";
import type { SignatureField } from "./model_signature.ts";
import { type SourcedVersion, versionMetrics, versionParams } from "./version_source.ts";

/** Versions of a model beside each other: what they scored and were given, what they take and give, what they need. */

export interface ComparedVersion extends SourcedVersion {
  /** Of its files; left out where there are none to be read. */
  card?: ModelCard;
  /** The text of its requirements.txt. */
  requirements?: string;
}

export interface ComparedPart {
  title: string;
  rows: TextRow[];
}

export interface VersionComparison {
  metrics: MetricRow[];
  parts: ComparedPart[];
}

/** Everything that versions can be compared by, equal rows included. `baseline` is an index. */
export function compareVersions(
  versions: readonly ComparedVersion[],
  baseline: number,
  directions: ReadonlyMap<string, Direction>,
): VersionComparison {
  const metrics = versions.map(versionMetrics);
  const part = (title: string, pairsOf: (version: ComparedVersion) => Pairs, order = compareNames): ComparedPart => {
    const maps = versions.map((version) => new Map(pairsOf(version)));
    const keys = [...new Set(maps.flatMap((map) => [...map.keys()]))];
    if (order !== unordered) keys.sort(order);
    return { title, rows: keys.map((key) => textRow(key, maps.map((map) => map.get(key)), baseline)) };
  };
  return {
    metrics: [...new Set(metrics.flatMap((map) => [...map.keys()]))].sort(compareMetricNames).map((key) =>
      metricRow(key, metrics.map((map) => map.get(key)), baseline, directions.get(key))
    ),
    parts: [
      part("Params", (version) => versionParams(version).map(({ key, value }) => [key, value])),
      part("Inputs", ({ card }) => fields(card?.signature?.inputs), unordered),
      part("Outputs", ({ card }) => fields(card?.signature?.outputs), unordered),
      part("Params of predictions", ({ card }) => fields(card?.signature?.params), unordered),
      part("Dependencies", dependencies),
      part("Model", facts, unordered),
      part("Datasets", datasets),
      part("Tags", ({ version }) => ownTags(version.tags ?? [])),
    ],
  };
}

type Pairs = readonly (readonly [key: string, value: string])[];

/** As they come. */
const unordered = (): number => 0;

const ownTags = (tags: readonly { key: string; value: string }[]): Pairs =>
  tags.filter(({ key }) => !key.startsWith("mlflow.")).map(({ key, value }) => [key, value]);

/** By name; by their place where columns have none. */
function fields(list: readonly SignatureField[] = []): Pairs {
  return list.map(({ name, type, shape, required, default: usual }, i) => [
    name === "" ? `${i + 1}` : name,
    [type, shape, required === false ? "optional" : undefined, usual === undefined ? undefined : `= ${usual}`]
      .filter((part) => part !== undefined).join(" "),
  ]);
}

function datasets({ run }: ComparedVersion): Pairs {
  const byContext = Map.groupBy(run ? datasetsOf(run) : [], ({ context }) => context);
  return [...byContext].map(([context, sets]) => [
    context,
    sets.map(({ name, digest }) => `${name} (${digest})`).sort(compareNames).join(", "),
  ]);
}

function facts({ version, card, logged_model }: ComparedVersion): Pairs {
  const flavors = (card?.flavors ?? []).map(({ name, version }) => version === undefined ? name : `${name} ${version}`);
  const pairs: [string, string | undefined][] = [
    ["Stage", version.current_stage],
    ["Aliases", version.aliases?.join(", ")],
    ["Flavors", flavors.length > 0 ? flavors.sort(compareNames).join(", ") : undefined],
    ["Type", logged_model?.info.model_type],
    ["Description", version.description || undefined],
  ];
  return pairs.filter((pair): pair is [string, string] => pair[1] !== undefined);
}

/** Names of packages are the same in any case, and with `-`, `_` or `.` (PEP 503). */
const packageName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, "-");

/** What requirements.txt asks for, by package, and the version of Python. */
export function dependencies({ card, requirements = "" }: Pick<ComparedVersion, "card" | "requirements">): Pairs {
  const lines = requirements.split("\n").map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter((line) =>
    line !== ""
  );
  const pairs = lines.map((line): [string, string] => {
    const [, name, extras = "", rest = ""] = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(.*)$/.exec(line) ?? [];
    // An option, a path, an address: as it stands.
    if (name === undefined || /^[:/]/.test(rest)) return [line.slice(0, 200), "yes"];
    return [packageName(name), `${extras}${rest.replace(/^==\s*/, "")}` || "any"];
  });
  return card?.python_version === undefined ? pairs : [["Python", card.python_version], ...pairs];
}

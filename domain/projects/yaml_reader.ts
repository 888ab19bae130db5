import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from "@std/yaml";
import { ApiError, invalid } from "../errors.ts";

/** Aliases that are followed: a few lines of them can stand for gigabytes. */
const mostAliases = 100;

/** A place in a YAML file: reads what it expects there, and throws INVALID_PARAMETER_VALUE with file, line and key where it is not. */
export interface YamlPlace {
  /** Undefined where there is nothing, or `null`. */
  text(): string | undefined;
  /** A number or a truth value in Python's spelling, or a text. */
  value(): string | undefined;
  texts(): readonly string[];
  list(): readonly YamlPlace[];
  map(): ReadonlyMap<string, YamlPlace>;
  at(key: string): YamlPlace;
  is(kind: "nothing" | "value" | "list" | "map"): boolean;
  /** An error about what stands here. */
  wrong(message: string): ApiError;
}

/** The top of a YAML file; `file` is what errors call it. YAML 1.1, as Python reads it: `yes` is a truth value. */
export function readYaml(text: string, file: string): YamlPlace {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.1", merge: true, lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number): number => lines.linePos(offset).line;
  const [error] = document.errors;
  if (error) throw invalid(`${file}:${lineOf(error.pos[0])}: ${error.message}`);
  try {
    document.toJS({ maxAliasCount: mostAliases, mapAsMap: true });
  } catch (error) {
    throw invalid(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  const resolved = (node: unknown): Node | undefined => {
    if (!isNode(node)) return undefined;
    return "resolve" in node ? resolved(node.resolve(document)) : node;
  };
  const place = (node: Node | undefined, key: string, above: Node | undefined): YamlPlace => {
    const line = lineOf((node ?? above)?.range?.[0] ?? 0);
    const wrong = (message: string) => invalid(`${file}:${line}: ${key === "" ? message : `'${key}' ${message}`}`);
    const below = (name: string) => key === "" ? name : `${key}.${name}`;
    const kind = kindOf(node);
    const self: YamlPlace = {
      wrong,
      is: (wanted) => kind === wanted,
      text: () => {
        if (kind === "nothing") return undefined;
        if (isScalar(node) && (typeof node.value === "string" || isLetter(node.source))) return printed(node);
        throw wrong(`must be text. Got ${named(node)}.`);
      },
      value: () => {
        if (kind === "nothing") return undefined;
        if (!isScalar(node)) throw wrong(`must be a text or a number. Got ${named(node)}.`);
        return printed(node);
      },
      list: () => {
        if (kind === "nothing") return [];
        if (!isSeq(node)) throw wrong(`must be a list. Got ${named(node)}.`);
        return node.items.map((item, i) => place(resolved(item), `${key}[${i}]`, node));
      },
      texts: () => self.list().map((item) => item.text() ?? fail(item.wrong("must be text. Got nothing."))),
      map: () => {
        if (kind === "nothing") return new Map();
        if (!isMap(node)) throw wrong(`must be a map of keys and values. Got ${named(node)}.`);
        return new Map(node.items.map((pair) => {
          const key = resolved(pair.key);
          const name = isScalar(key) ? printed(key) : fail(wrong("has a key that is not text."));
          return [name, place(resolved(pair.value), below(name), key)] as const;
        }));
      },
      at: (name) => self.map().get(name) ?? place(undefined, below(name), node),
    };
    return self;
  };
  return place(resolved(document.contents), "", undefined);
}

function kindOf(node: Node | undefined): "nothing" | "value" | "list" | "map" {
  if (node === undefined || (isScalar(node) && node.value === null)) return "nothing";
  return isScalar(node) ? "value" : isSeq(node) ? "list" : "map";
}

function named(node: Node | undefined): string {
  if (isScalar(node)) return typeof node.value === "string" ? "a text" : `the ${typeof node.value} ${printed(node)}`;
  return isSeq(node) ? "a list" : isMap(node) ? "a map" : "nothing";
}

/** YAML 1.1 has `y` and `n` for truth values, Python's reader has not. */
const isLetter = (source: string | undefined): source is string => /^[yn]$/i.test(source ?? "");

/** As Python prints what YAML says: `True`, `10`, `1.0`, `1e-05`. */
function printed({ value, source }: Scalar): string {
  if (typeof value === "boolean") return isLetter(source) ? source : value ? "True" : "False";
  if (typeof value !== "number") return value instanceof Date ? source ?? value.toISOString() : String(value);
  if (Number.isInteger(value) && /^[-+]?\d+$/.test(source ?? "")) return (source ?? "").replace(/^\+/, "");
  return pythonFloat(value);
}

function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

const fail = (error: Error): never => {
  throw error;
};

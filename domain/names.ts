import { invalid } from "./errors.ts";
import { asciiJson } from "./json.ts";

/** Most characters of keys and values, by MLflow's rules. */
export const limits = {
  key: 250,
  paramValue: 6000,
  runTagValue: 8000,
  experimentTagValue: 20_000,
  loggedModelTagValue: 8000,
  experimentName: 500,
  artifactLocation: 2048,
} as const;

const allowedName = /^[/\p{L}\p{N}_.\- :]*$/u;
const allowedCharacters =
  "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";

/** Refuses a metric, param or tag key that MLflow refuses. `field` is the key's name in the request, e.g. `metrics[0].name`. */
export function checkKey(key: string, field: string, noun: string): void {
  if (!allowedName.test(key)) {
    throw invalid(`Invalid value ${asciiJson(key)} for parameter '${field}' supplied: ${allowedCharacters}`);
  }
  checkPathLike(key, field);
  checkLength(key, limits.key, noun);
}

/** Refuses a name that, read as a path, would lead elsewhere. */
export function checkPathLike(name: string, field: string): void {
  const normal = normalPath(name);
  if (normal === name && name !== "." && !name.startsWith("..") && !name.startsWith("/")) return;
  throw invalid(
    `Invalid value ${
      asciiJson(name)
    } for parameter '${field}' supplied: Names may be treated as files in certain cases, and must not ` +
      `resolve to other names when treated as such. This name would resolve to '${normal}'`,
  );
}

/** Refuses a text of more than `most` characters. */
export function checkLength(text: string, most: number, noun: string): void {
  if (text.length > most && [...text].length > most) {
    throw invalid(`'${noun}' exceeds the maximum length of ${most} characters`);
  }
}

/** A value cut to what is stored: MLflow truncates params and run tags instead of refusing them. */
export function truncate(value: string, most: number): string {
  return value.length <= most ? value : value.slice(0, most).toWellFormed();
}

/** As Python's posixpath.normpath, which MLflow compares keys with. */
export function normalPath(path: string): string {
  const parts: string[] = [];
  const root = path.startsWith("//") && !path.startsWith("///") ? "//" : path.startsWith("/") ? "/" : "";
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || root === "") parts.push(part);
  }
  return root + parts.join("/") || ".";
}

/** The tag that holds the description of an experiment or a run. */
export const noteKey = "mlflow.note.content";

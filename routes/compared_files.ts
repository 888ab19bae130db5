import { totalsOf } from "../db/artifact_files.ts";
import { type FileRow, filesSideBySide } from "../db/compared_files.ts";
import { type ComparedPath, type ComparedPaths, type KnownFile, stateOf } from "../domain/compared_files.ts";
import type { Run } from "../domain/entities.ts";
import { compareNames } from "../domain/metric_names.ts";
import type { ArtifactPlace } from "../artifacts/stores.ts";
import { artifactPlace, joinPaths } from "./artifact_place.ts";
import type { Services } from "./services.ts";

/** Paths that a page names. */
const mostPaths = 500;
/** Files of all runs up to which they are all counted; of more, only those of the two runs are. */
const mostCounted = 50_000;
/** Files of two runs up to which they are compared. */
const mostCompared = 200_000;
/** Files of a store that nobody notes, which are walked past. */
const mostWalked = 2_000;

/** The places of the baseline's and of the other run's files. */
export interface Places {
  base: ArtifactPlace;
  other: ArtifactPlace;
}

type Compared = Pick<Services, "sql" | "artifacts">;

/** Where two runs keep their files. INVALID_PARAMETER_VALUE where this server keeps not both. */
export async function placesOf(services: Compared, base: Run, other: Run): Promise<Places> {
  return {
    base: await artifactPlace(services, base.info.artifact_uri),
    other: await artifactPlace(services, other.info.artifact_uri),
  };
}

const rootOf = ({ home, folder }: ArtifactPlace): string => home + folder;

/** Which files two runs have in common and which differ, by what is noted of them; nothing is read. */
export async function comparedPaths(services: Compared, runs: readonly Run[], places: Places): Promise<ComparedPaths> {
  const roots = { base: rootOf(places.base), other: rootOf(places.other) };
  const folders = runs.map((run) => run.info.artifact_uri.replace(/\/+$/, ""));
  const totals = await totalsOf(services.sql, [...folders, roots.base, roots.other]);
  const counted = (of: readonly string[]): number =>
    of.reduce((sum, folder) => sum + (totals.get(folder)?.files ?? 0), 0);
  if (counted([roots.base, roots.other]) > mostCompared) {
    return {
      paths: [],
      differ: 0,
      same: 0,
      partly: 0,
      more: true,
      error: "The runs have too many files to compare them all.",
    };
  }
  if (counted([roots.base]) + counted([roots.other]) === 0) return await walkedPaths(places);
  const all = counted(folders) <= mostCounted
    ? [...new Set([...folders, roots.base, roots.other])]
    : Object.values(roots);
  const rows = await filesSideBySide(services.sql, all, roots, mostPaths + 1);
  const paths = rows.slice(0, mostPaths).map((row) => toPath(row, all.length > 2));
  return summed(paths, rows.length > mostPaths, all.length);
}

const toPath = ({ path, base, other, folders }: FileRow, asked: boolean): ComparedPath => ({
  path,
  ...(base && { base }),
  ...(other && { other }),
  state: stateOf(base, other),
  ...(asked && { runs: folders }),
});

function summed(paths: readonly ComparedPath[], more: boolean, runs: number): ComparedPaths {
  const partly = paths.filter((one) => one.runs === undefined ? !one.base || !one.other : one.runs < runs).length;
  return {
    paths: paths.toSorted((a, b) => compareNames(a.path, b.path)),
    differ: paths.filter(({ state }) => state !== "same" && state !== "elsewhere").length,
    same: paths.filter(({ state }) => state === "same").length,
    partly,
    more,
  };
}

/** The same of stores whose files are not noted, by walking the two folders. */
async function walkedPaths({ base, other }: Places): Promise<ComparedPaths> {
  const [mine, theirs] = await Promise.all([walked(base), walked(other)]);
  const names = new Set([...mine.files.keys(), ...theirs.files.keys()]);
  const paths = [...names].map((path): ComparedPath => {
    const [one, two] = [mine.files.get(path), theirs.files.get(path)];
    return { path, ...(one && { base: one }), ...(two && { other: two }), state: stateOf(one, two) };
  });
  return summed(paths.slice(0, mostPaths), mine.more || theirs.more || paths.length > mostPaths, 2);
}

async function walked({ store, folder }: ArtifactPlace): Promise<{ files: Map<string, KnownFile>; more: boolean }> {
  const files = new Map<string, KnownFile>();
  for await (const { path, size } of store.walk(folder)) {
    if (files.size === mostWalked) return { files, more: true };
    files.set(folder === "" ? path : path.slice(folder.length + 1), { size });
  }
  return { files, more: false };
}

/** The path of a file in its store. */
export const pathIn = ({ folder }: ArtifactPlace, path: string): string => joinPaths(folder, path);

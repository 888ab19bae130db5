import type { ModelCard } from "../domain/model_card.ts";
import type { FilesView } from "../wire/pages_files.ts";
import type { RunView } from "../wire/pages_run.ts";
import { runFields } from "./chart_links.ts";
import { fileFields } from "./file_fields.ts";
import { href, type Path, path, type Query } from "./links.ts";

/** Whose files are looked at, and the addresses that lead to them. */
export interface FileLinks {
  view: FilesView;
  /** The page of the files, and all fields of its address. */
  page: Path;
  fields: Query;
  /** The selector of the part of the page that a link changes. */
  part: string;
  /** What names the owner in `/get-artifact-zip` and `/show-artifact`. */
  owner: Query;
  /** The file itself, as a download. */
  file: (file: string) => string;
  /** What MLflow's clients call the model in a folder. */
  modelUri: (folder: string, card: ModelCard) => string;
}

/** The page with another view of the files. */
export const filesHref = ({ page, fields, view }: FileLinks, change: Partial<FilesView>): string =>
  `${href(page, { ...fields, ...fileFields({ ...view, ...change }) })}#artifacts`;

/** The page with another file or folder, shown as it usually is. */
export const openHref = (links: FileLinks, file: string): string =>
  filesHref(links, { path: file, as: "", zoom: "", look: "", from: 0 });

/** The file for a frame, a player or a picture; with `part`, that of a notebook. */
export const shownHref = ({ owner }: FileLinks, file: string, part?: string): string =>
  href(path`/show-artifact`, { ...owner, path: file, part });

/** A folder as a zip file. */
export const zipHref = ({ owner }: FileLinks, folder: string): string =>
  href(path`/get-artifact-zip`, { ...owner, path: folder });

const idOf = ({ model_id }: ModelCard): string | undefined =>
  model_id !== undefined && /^m-[0-9a-f]{32}$/.test(model_id) ? model_id : undefined;

/** The files of a run, on its page. */
export function runFileLinks(view: RunView): FileLinks {
  const { run_id } = view;
  return {
    view,
    page: path`/runs/${run_id}`,
    fields: runFields(view),
    part: "#run",
    owner: { run_id },
    file: (file) => href(path`/get-artifact`, { run_id, path: file }),
    modelUri: (folder) => folder === "" ? `runs:/${run_id}/` : `runs:/${run_id}/${folder}`,
  };
}

/** The files of a version of a registered model, on a page whose address has these fields beside those of the files. */
export function versionFileLinks(
  { name, version, view, page, fields = {}, part }: {
    name: string;
    version: string | number;
    view: FilesView;
    page: Path;
    fields?: Query;
    part: string;
  },
): FileLinks {
  const owner = { name, version: String(version) };
  return {
    view,
    page,
    fields: { ...fields, ...fileFields(view) },
    part,
    owner,
    file: (file) => href(path`/model-versions/get-artifact`, { ...owner, path: file }),
    // MLflow's client takes what follows a `?` in a name for something else.
    modelUri: (folder, card) =>
      `models:/${name.includes("?") && idOf(card) || `${name}/${version}`}${folder === "" ? "" : `/${folder}`}`,
  };
}

/** The files of a logged model, on a page whose address has these fields beside those of the files. */
export function modelFileLinks(
  { model_id, view, page, fields = {}, part }: {
    model_id: string;
    view: FilesView;
    page: Path;
    fields?: Query;
    part: string;
  },
): FileLinks {
  return {
    view,
    page,
    fields: { ...fields, ...fileFields(view) },
    part,
    owner: { model_id },
    file: (file) =>
      href(path`/ajax-api/2.0/mlflow/logged-models/${model_id}/artifacts/files`, { artifact_file_path: file }),
    modelUri: (folder, card) => `models:/${idOf(card) ?? model_id}${folder === "" ? "" : `/${folder}`}`,
  };
}

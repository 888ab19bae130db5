import type { ComparedFile, ComparedPath, ComparedPaths, FileState } from "../domain/compared_files.ts";
import { bytes, count, counted } from "../domain/format.ts";
import { fileKind } from "../domain/file_kind.ts";
import type { CompareView } from "../wire/pages_run.ts";
import { compareFields, compareHref } from "./chart_links.ts";
import type { Column } from "./compare_head.tsx";
import { FileDifferenceView } from "./compare_file.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { swaps } from "./view_form.tsx";

/** Files of the baseline and of one other run. */
export interface ComparedFiles {
  paths: ComparedPaths;
  /** What is looked into; undefined where no path is chosen, or where neither run has it. */
  file?: ComparedFile | undefined;
}

export interface CompareFilesProps extends ComparedFiles {
  view: CompareView;
  columns: readonly Column[];
  base: Column;
  other: Column;
}

/** Artifacts side by side by path: which differ, and in what. */
export function CompareFiles(props: CompareFilesProps) {
  const { view, paths, file, columns } = props;
  return (
    <div class="page cfiles">
      <section class="pan" id="artifacts">
        <header>
          <h2>Artifacts</h2>
          <span class="mut">{noteOf(paths)}</span>
          <div class="acts">
            <Against {...props} />
          </div>
        </header>
        {paths.error !== undefined
          ? <p class="mut pad">{paths.error}</p>
          : paths.paths.length === 0
          ? <p class="mut pad">Neither of the two runs has artifacts.</p>
          : (
            <div class="split">
              <PathList view={view} paths={paths} of={columns.length} />
              <div class="cfile">
                {file ? <FileDifferenceView {...props} file={file} /> : (
                  <p class="mut pad">
                    {view.file === ""
                      ? "Choose a file to see what differs in it."
                      : "Neither of the two runs has this file."}
                  </p>
                )}
              </div>
            </div>
          )}
      </section>
    </div>
  );
}

function noteOf({ paths, differ, same, partly, more }: ComparedPaths): string {
  if (paths.length === 0) return "";
  const texts = [
    differ > 0 ? `${counted(differ, "path")} ${differ === 1 ? "differs" : "differ"}` : "no path differs",
    same > 0 ? `${count(same)} ${same === 1 ? "is" : "are"} the same` : "",
    partly > 0 ? `${count(partly)} ${partly === 1 ? "is" : "are"} not in all` : "",
    more ? "of the first only" : "",
  ];
  return texts.filter((text) => text !== "").join(", ");
}

/** The run that the baseline is compared with: a form, so that it works without JavaScript. */
function Against({ view, columns, base, other }: CompareFilesProps) {
  const { with: _, ...fields } = compareFields(view);
  return (
    <form action={href(path`/compare`)} class="against" hx-boost={swaps("#compare")}>
      <HiddenFields query={fields} />
      <label>
        <span class="mut">
          <bdi title={base.name}>{base.name.length > 40 ? "Baseline" : base.name}</bdi> against
        </span>
        <select name="with" data-submits>
          {columns.filter(({ run_id }) => run_id !== base.run_id).map(({ run_id, name }) => (
            <option value={run_id} selected={run_id === other.run_id}>{name}</option>
          ))}
        </select>
      </label>
      <button type="submit" class="nojs">Show</button>
    </form>
  );
}

const words: Record<FileState, [mark: string, word: string]> = {
  same: ["=", "same"],
  differs: ["≠", "differs"],
  alike: ["≈", "of one size, not compared"],
  only_base: ["−", "only in the baseline"],
  only_other: ["+", "not in the baseline"],
  elsewhere: ["", "in neither of the two"],
};

function PathList({ view, paths, of }: { view: CompareView; paths: ComparedPaths; of: number }) {
  const hidden = paths.paths.filter(({ state }) => state === "same" || state === "elsewhere").length;
  const shown = paths.paths.filter(({ state, path }) =>
    view.files === "all" || path === view.file || (state !== "same" && state !== "elsewhere")
  );
  return (
    <nav class="files" aria-label="Files">
      {shown.map((one) => <PathLine view={view} one={one} of={of} />)}
      {hidden > 0 && (
        <p class="rest mut">
          {view.files === "all"
            ? "The same ones too. "
            : `${counted(hidden, "more file")}, the same or in other runs. `}
          <a href={compareHref(view, { files: view.files === "all" ? "differ" : "all" })} hx-boost={swaps("#compare")}>
            {view.files === "all" ? "Only those that differ" : "Show"}
          </a>
        </p>
      )}
      {paths.more && <p class="rest mut">There are more files than are listed.</p>}
    </nav>
  );
}

function PathLine({ view, one, of }: { view: CompareView; one: ComparedPath; of: number }) {
  const [mark, word] = words[one.state];
  const partly = one.runs !== undefined && one.runs < of && of > 2 ? `in ${one.runs} of ${of}` : "";
  const size = [one.base, one.other].flatMap((file) => file ? [bytes(file.size)] : []);
  return (
    <a
      href={`${compareHref(view, { file: one.path, as: "", whole: false })}#artifacts`}
      hx-boost={swaps("#compare")}
      aria-current={one.path === view.file ? "true" : undefined}
      title={`${one.path}: ${word}${size.length > 0 ? ` (${[...new Set(size)].join(" and ")})` : ""}`}
    >
      <Icon name={fileKind(one.path) === "image" ? "image" : "file"} />
      <bdi>{one.path}</bdi>
      <span class="n">
        {partly} <b aria-hidden="true">{mark}</b>
        <span class="sr">{word}</span>
      </span>
    </a>
  );
}

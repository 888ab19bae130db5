import type { RunView } from "../wire/pages_run.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Menu } from "./parts.tsx";

/** The address of a file itself. */
export const fileHref = (run_id: string, file: string): string => href(path`/get-artifact`, { run_id, path: file });

export interface ArtifactActionsProps {
  view: RunView;
  /** The folder that is looked at, or that the file is in; "" is all. */
  folder: string;
  /** Whether `view.path` is a file, a folder, or nothing that is there. */
  chosen: "file" | "folder" | undefined;
  /** Whether there is any file. */
  some: boolean;
  /** Whether files may come and go. */
  active: boolean;
}

/** What can be done with the files of a run. */
export function ArtifactActions({ view, folder, chosen, some, active }: ArtifactActionsProps) {
  const { run_id } = view;
  return (
    <div class="acts">
      {chosen === "file" && (
        <a class="btn" href={fileHref(run_id, view.path)} download>
          <Icon name="download" />Download
        </a>
      )}
      {chosen !== "file" && some && (
        <a class="btn" href={href(path`/get-artifact-zip`, { run_id, path: folder })} download>
          <Icon name="download" />Download {folder === "" ? "all" : "folder"}
        </a>
      )}
      {active && <Upload run_id={run_id} folder={folder} />}
      {active && chosen !== undefined && <Delete view={view} chosen={chosen} />}
    </div>
  );
}

/** Needs JavaScript: `static/upload.js` does the rest. */
function Upload({ run_id, folder }: { run_id: string; folder: string }) {
  const into = folder === "" ? "" : ` to ${folder}`;
  const put = href(path`/api/weir/1/runs/${run_id}/files`);
  return (
    <span class="seg needsjs" data-upload={put} data-folder={folder}>
      <button type="button" data-pick="files" title={`Upload files${into}; they can be dropped here, too`}>
        <Icon name="upload" />Upload
      </button>
      <button
        type="button"
        class="sq"
        data-pick="folder"
        aria-label={`Upload a folder${into}`}
        title={`Upload a folder${into}`}
      >
        <Icon name="folder" />
      </button>
    </span>
  );
}

function Delete({ view, chosen }: { view: RunView; chosen: "file" | "folder" }) {
  return (
    <Menu icon="delete" label={`Delete this ${chosen}`}>
      <form class="form" method="post" action={href(path`/runs/${view.run_id}/files/delete`)}>
        <input type="hidden" name="path" value={view.path} />
        <input type="hidden" name="tab" value={view.tab} />
        <p class="wide">
          Delete <b dir="auto">{view.path}</b>
          {chosen === "folder" && " and everything in it"}? This cannot be undone.
        </p>
        <div class="acts">
          <button type="submit" class="danger">
            <Icon name="delete" />Delete
          </button>
        </div>
      </form>
    </Menu>
  );
}

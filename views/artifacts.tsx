import type { BrowsedFiles } from "../domain/browsed_files.ts";
import type { RunView } from "../wire/pages_run.ts";
import { ArtifactActions } from "./artifact_actions.tsx";
import { FileBrowser, FilesNote } from "./file_browser.tsx";
import { runFileLinks } from "./file_links.ts";
import { Snippet } from "./parts.tsx";
import { logFile } from "./run_snippets.ts";

export interface ArtifactsProps extends BrowsedFiles {
  view: RunView;
  /** Whether more can be logged to the run. */
  active: boolean;
  server: string;
}

/** A run's files: a tree beside a preview, and what can be done with them. */
export function Artifacts({ view, active, server, ...files }: ArtifactsProps) {
  const { folders, file, error } = files;
  const top = folders.find((folder) => folder.path === "");
  const some = top !== undefined && top.total > 0;
  const isFolder = view.path !== "" && folders.some((folder) => folder.path === view.path);
  return (
    <section class="pan" id="artifacts">
      <header>
        <h2>Artifacts</h2>
        <FilesNote files={files} />
        {folders.length > 0 && (
          <ArtifactActions
            view={view}
            folder={folders.at(-1)?.path ?? ""}
            chosen={file ? "file" : isFolder ? "folder" : undefined}
            some={some}
            active={active}
          />
        )}
      </header>
      {error !== undefined && <p class="none bad" role="alert" dir="auto">{error}</p>}
      {error === undefined && !some &&
        (active ? <NoFiles run_id={view.run_id} server={server} /> : <p class="none mut">No files.</p>)}
      <FileBrowser files={files} links={runFileLinks(view)} server={server} />
    </section>
  );
}

function NoFiles({ run_id, server }: { run_id: string; server: string }) {
  return (
    <div class="none">
      <p>No files yet. Log one to this run:</p>
      <Snippet label="A file in Python" code={logFile(server, run_id)} />
      <p class="needsjs">Or drop files here.</p>
    </div>
  );
}

import { longestWait } from "../domain/projects/look.ts";
import type { AskedLook } from "../domain/projects/look.ts";
import { shownSource } from "../domain/projects/packed.ts";
import { withoutCredentials } from "../domain/projects/source.ts";
import type { LaunchQuery } from "../wire/pages_projects.ts";
import { TextField } from "./fields.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { PageHead, Panel } from "./parts.tsx";
import { Polls } from "./polls.tsx";
import { Shell } from "./shell.tsx";
import { UploadFields } from "./upload_fields.tsx";

/** A project that was run lately. */
export interface RecentProject {
  job_id: string;
  uri: string;
  version?: string;
}

const crumbs = [{ text: "Projects", href: href(path`/projects`) }];

export interface LaunchStartProps {
  view: LaunchQuery;
  recent: readonly RecentProject[];
}

/** `/projects/new`: asks which project is to be run. */
export function LaunchStart({ view, recent }: LaunchStartProps) {
  const { experiment_id } = view;
  return (
    <Shell title="Run a project" current="projects">
      <PageHead
        crumbs={crumbs}
        title="Run a project"
        description="A worker reads what the project can run, with which parameters; then they can be filled in."
      />
      <div class="launch page">
        <form class="form" method="post" action={href(path`/projects/looks`)}>
          <Panel title="Which project">
            <div class="fields">
              <TextField
                label="Git repository, zip file or folder"
                name="uri"
                value={withoutCredentials(view.uri)}
                hint="https://github.com/me/project"
                note="A part of a repository: …#folder/in/it. A folder is one on the worker's machine."
                required
                autofocus
                wide
              />
              <TextField label="Branch, tag or commit" name="version" value={view.version} hint="The newest" />
            </div>
            <HiddenFields query={{ experiment_id }} />
            <div class="acts">
              <button type="submit" class="pri">
                <Icon name="right" />Go on
              </button>
              <a class="btn" href={href(path`/projects`)}>Cancel</a>
            </div>
          </Panel>
        </form>
        <UploadFields experiment_id={experiment_id} />
        {recent.length > 0 && (
          <Panel title="Run lately">
            <ul class="recent">
              {recent.map((project) => (
                <li>
                  <Recent {...project} experiment_id={experiment_id} />
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
    </Shell>
  );
}

function Recent({ job_id, uri, version, experiment_id }: RecentProject & { experiment_id: string }) {
  return (
    <form method="post" action={href(path`/projects/looks`)}>
      <HiddenFields query={{ uri: withoutCredentials(uri), version, experiment_id, from: job_id }} />
      <button type="submit">
        <span dir="auto">{shownSource(uri)}</span>
        {version !== undefined && <span class="mut" dir="auto">{version}</span>}
      </button>
    </form>
  );
}

/** While no worker has answered yet. */
export function LaunchReading({ look, view, now }: { look: AskedLook; view: LaunchQuery; now: number }) {
  const here = href(path`/projects/new`, { ...view });
  const uri = withoutCredentials(look.uri);
  const without = href(path`/projects/new`, { ...view, look: undefined, uri, version: look.version, plain: "true" });
  const late = now - look.created_time > longestWait;
  return (
    <Shell title="Run a project" current="projects" scripts={["launch.js"]}>
      <PageHead crumbs={crumbs} title="Run a project" />
      <div class="launch page" id="launch">
        <Polls address={here} part="#launch" />
        <Panel title={late ? "No worker has read the project yet" : "Reading the project…"}>
          <div class="fields">
            <p class="w3">
              <code dir="auto">{shownSource(uri)}</code> {look.version}
            </p>
            <p class="w3 mut">
              {late
                ? "Is one there? The server starts its own, unless it was told not to. This page goes on when one answers."
                : "A worker fetches it and reads its MLproject file."}
            </p>
          </div>
          <div class="acts">
            <a class="btn" href={here}>Look again</a>
            <a class="btn" href={without}>Go on without</a>
          </div>
        </Panel>
      </div>
    </Shell>
  );
}

import type { Child } from "hono/jsx";
import type { AskedJob } from "../domain/jobs.ts";
import type { AskedLook } from "../domain/projects/look.ts";
import { shownSource } from "../domain/projects/packed.ts";
import { withoutCredentials } from "../domain/projects/source.ts";
import type { Sweep } from "../domain/sweeps/sweep.ts";
import type { LaunchQuery } from "../wire/pages_projects.ts";
import { BackendFields } from "./backend_fields.tsx";
import { CountField, Field, TextField } from "./fields.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { LaunchParams } from "./launch_params.tsx";
import { href, path } from "./links.ts";
import { ErrorFragment, PageHead, Panel } from "./parts.tsx";
import { ScheduleFields } from "./schedule_fields.tsx";
import { Shell } from "./shell.tsx";
import { SweepFields } from "./sweep_fields.tsx";

export interface LaunchPageProps {
  view: LaunchQuery;
  /** What a worker has read of the project, or why it could not. */
  look: AskedLook | undefined;
  /** Whose choices the form begins with. */
  asked: AskedJob | undefined;
  /** Of the sweep that `asked` is of. */
  sweep: Sweep | undefined;
  /** The name of the run that `asked` was for. */
  of: string | undefined;
  experiment_name: string;
  /** To choose from. */
  experiments: readonly string[];
  labels: readonly string[];
}

/** `/projects/new`: the form that runs a project, once, again and again with other values, or by the clock. */
export function LaunchPage(props: LaunchPageProps) {
  const { view, look, asked, sweep, of } = props;
  const uri = withoutCredentials(look?.uri ?? asked?.uri ?? view.uri);
  const version = look?.version ?? asked?.version ?? view.version;
  const entry_point = view.entry_point || asked?.entry_point || firstOf(look);
  return (
    <Shell title="Run a project" current="projects" scripts={["launch.js"]}>
      <PageHead
        crumbs={[{ text: "Projects", href: href(path`/projects`) }]}
        title="Run a project"
        description={of === undefined ? look?.found?.name : `As ${of}, changed.`}
      />
      <div class="launch page" id="launch">
        <form class="form" method="post" action={href(path`/projects`)} data-tells>
          {/* The first button is what Enter in a field presses. */}
          <button type="submit" hidden>Run</button>
          <HiddenFields query={{ look: look?.look_id, job: view.job, sweep: view.sweep }} />
          {look?.reason !== undefined && <ErrorFragment title="The project could not be read:" message={look.reason} />}
          <Panel title="Project" actions={<Another look={look} />}>
            <Source uri={uri} version={version} look={look} />
            <LaunchParams found={look?.found} entry_point={entry_point} given={asked?.parameters ?? []} />
          </Panel>
          <Panel title="Run">
            <RunFields {...props} />
          </Panel>
          <Panel title="Where and how">
            <BackendFields
              backend={asked?.backend ?? "local"}
              config={asked?.backend_config ?? {}}
              docker_args={asked?.docker_args ?? []}
              build_image={asked?.build_image ?? false}
            />
            <HowFields {...props} />
          </Panel>
          <div class="acts">
            <button type="submit" class="pri">
              <Icon name="run" />Run
            </button>
            <a class="btn" href={href(path`/projects`)}>Cancel</a>
          </div>
          <Other title="Sweep: try many values" open={sweep !== undefined}>
            <SweepFields sweep={sweep} />
            <div class="acts">
              <button type="submit" formaction={href(path`/projects/sweeps`)} formnovalidate>
                <Icon name="run" />Begin the sweep
              </button>
            </div>
          </Other>
          <Other title="Schedule: run it again and again">
            <ScheduleFields />
            <div class="acts">
              <button type="submit" formaction={href(path`/projects/schedules`)}>
                <Icon name="check" />Make the schedule
              </button>
            </div>
          </Other>
        </form>
      </div>
    </Shell>
  );
}

/** `main`, unless the project has another one and no such. */
function firstOf(look: AskedLook | undefined): string {
  const names = look?.found?.entry_points.map(({ name }) => name) ?? [];
  return names.includes("main") ? "main" : names[0] ?? look?.found?.scripts[0] ?? "main";
}

function Another({ look }: { look: AskedLook | undefined }) {
  return (
    <>
      {look && (
        <button type="submit" formaction={href(path`/projects/looks`)} formnovalidate name="again" value="true">
          Read it again
        </button>
      )}
      <a class="btn" href={href(path`/projects/new`)}>Another project</a>
    </>
  );
}

/** What was read is not to be changed by hand: the fields below are of that project. */
function Source({ uri, version, look }: { uri: string; version: string; look: AskedLook | undefined }) {
  if (look?.found) {
    const { commit, environment } = look.found;
    return (
      <div class="fields">
        <HiddenFields query={{ uri, version }} />
        <p class="w3">
          <code dir="auto">{shownSource(uri)}</code>{" "}
          <span class="mut" dir="auto">
            {[version, commit?.slice(0, 12), environmentWords[environment]].filter(Boolean).join(", ")}
          </span>
        </p>
      </div>
    );
  }
  return (
    <div class="fields">
      <TextField
        label="Git repository, zip file or folder"
        name="uri"
        value={uri}
        hint="https://github.com/me/project"
        wide
      />
      <TextField label="Branch, tag or commit" name="version" value={version} hint="The newest" />
    </div>
  );
}

const environmentWords = {
  none: "",
  python_env: "a Python environment",
  conda_env: "a conda environment",
  docker_env: "a Docker image",
} as const;

function RunFields({ experiment_name, experiments, asked }: LaunchPageProps) {
  return (
    <div class="fields">
      <TextField
        label="Experiment, made when nobody has it"
        name="experiment_name"
        value={experiment_name}
        hint="Default"
        choices={experiments}
      />
      <TextField label="Name of the run" name="run_name" value="" hint="A name is made" />
      <TextField label="Your name" name="submitted_by" value={asked?.submitted_by ?? ""} />
    </div>
  );
}

function HowFields({ asked, labels }: LaunchPageProps) {
  return (
    <div class="fields">
      <Field label="Environment by">
        <select name="env_manager">
          <option value="">What the project asks for</option>
          {["local", "virtualenv", "uv", "conda"].map((manager) => (
            <option selected={asked?.env_manager === manager || undefined}>{manager}</option>
          ))}
        </select>
      </Field>
      <TextField
        label="Labels that a worker must have"
        name="labels"
        value={asked?.labels.join(" ") ?? ""}
        hint="gpu"
        choices={labels}
      />
      <CountField
        label="Priority"
        name="priority"
        value={asked?.priority ?? 0}
        least={-1000}
        most={1000}
        note="Greater goes first."
      />
      <CountField
        label="Attempts"
        name="max_attempts"
        value={asked?.max_attempts ?? 1}
        most={100}
        note="1: it is never tried again by itself."
      />
      <CountField
        label="Time limit in minutes"
        name="timeout_minutes"
        value={asked?.timeout_ms === undefined ? undefined : asked.timeout_ms / 60_000}
        least={0}
        hint="None"
        any
      />
    </div>
  );
}

/** Another way to run the project, folded away. */
function Other({ title, open, children }: { title: string; open?: boolean; children: Child }) {
  return (
    <details class="pan other" open={open}>
      <summary>
        <h2>{title}</h2>
      </summary>
      {children}
    </details>
  );
}

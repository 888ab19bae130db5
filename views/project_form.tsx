import type { Child } from "hono/jsx";
import type { Job } from "../domain/jobs.ts";
import { withoutCredentials } from "../domain/projects/source.ts";
import type { LaunchQuery } from "../wire/pages_projects.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { PageHead, Panel } from "./parts.tsx";
import { Shell } from "./shell.tsx";

export interface LaunchPageProps {
  view: LaunchQuery;
  /** Whose choices the form begins with. */
  job: Job | undefined;
  /** The name of that job's run. */
  of: string | undefined;
  experiment_name: string;
}

/** `/projects/new`: asks for a run of a project. */
export function LaunchPage({ view, job, of, experiment_name }: LaunchPageProps) {
  const spec = job?.spec;
  return (
    <Shell title="Run a project" current="projects">
      <PageHead
        crumbs={[{ text: "Projects", href: href(path`/projects`) }]}
        title="Run a project"
        description={of === undefined
          ? "A worker fetches it, makes its environment and runs it."
          : `As ${of}, changed.`}
      />
      <form class="form launch page" method="post" action={href(path`/projects`)}>
        <Panel title="Project">
          <div class="fields">
            <Field name="Git repository, zip file or folder" note="A part of a repository: …#folder/in/it" wide>
              <input
                type="text"
                name="uri"
                value={withoutCredentials(spec?.uri ?? view.uri)}
                placeholder="https://github.com/me/project"
                required
                maxlength={2048}
                autocomplete="off"
                spellcheck={false}
              />
            </Field>
            <Text label="Branch, tag or commit" name="version" value={spec?.version ?? view.version} />
            <Text label="Entry point" name="entry_point" value={spec?.entry_point ?? view.entry_point} hint="main" />
            <Field name="Parameters, a line for each" note="Those that are left out take the project's defaults." wide>
              <textarea name="parameters" rows={5} placeholder="alpha=0.5" spellcheck={false} class="mono">
                {spec?.parameters.map(({ key, value }) => `${key}=${value}`).join("\n")}
              </textarea>
            </Field>
          </div>
        </Panel>
        <Panel title="Run">
          <div class="fields">
            <Text
              label="Experiment, made when nobody has it"
              name="experiment_name"
              value={experiment_name}
              hint="Default"
            />
            <Text label="Name of the run" name="run_name" value="" hint="A name is made" />
            <Text label="Your name" name="submitted_by" value={job?.submitted_by ?? ""} />
          </div>
        </Panel>
        <Panel title="Where and how">
          <div class="fields">
            <Field name="Runs on">
              <select name="backend">
                {backends.map(({ name, text }) => (
                  <option value={name} selected={spec?.backend === name || undefined}>{text}</option>
                ))}
              </select>
            </Field>
            <Field name="Environment by">
              <select name="env_manager">
                <option value="">What the project asks for</option>
                {["local", "virtualenv", "uv", "conda"].map((manager) => (
                  <option selected={spec?.env_manager === manager || undefined}>{manager}</option>
                ))}
              </select>
            </Field>
            <Field name="Configuration of where it runs, in JSON" wide>
              <textarea name="backend_config" rows={2} placeholder="{}" spellcheck={false} class="mono">
                {configOf(spec?.backend_config)}
              </textarea>
            </Field>
            <Text label="Labels that a worker must have" name="labels" value={job?.labels.join(" ") ?? ""} hint="gpu" />
            <Field name="Priority" note="Greater goes first.">
              <input type="number" name="priority" value={job?.priority ?? 0} min={-1000} max={1000} />
            </Field>
            <Field name="Attempts" note="1: it is never tried again by itself.">
              <input type="number" name="max_attempts" value={job?.max_attempts ?? 1} min={1} max={100} />
            </Field>
            <Field name="Time limit in minutes">
              <input
                type="number"
                name="timeout_minutes"
                value={job?.timeout_ms === undefined ? "" : job.timeout_ms / 60_000}
                min={0}
                step="any"
                placeholder="None"
              />
            </Field>
          </div>
        </Panel>
        <div class="acts">
          <button type="submit" class="pri">
            <Icon name="run" />Run
          </button>
          <a class="btn" href={href(path`/projects`)}>Cancel</a>
        </div>
      </form>
    </Shell>
  );
}

const backends = [
  { name: "local", text: "The worker's machine" },
  { name: "docker", text: "Docker, on the worker's machine" },
  { name: "kubernetes", text: "Kubernetes" },
  { name: "spark", text: "Spark" },
  { name: "databricks", text: "Databricks" },
  { name: "sagemaker", text: "SageMaker" },
];

function Field({ name, note, wide, children }: { name: string; note?: string; wide?: boolean; children: Child }) {
  return (
    <label class={wide ? "w3" : undefined}>
      {name}
      {children}
      {note !== undefined && <span class="mut">{note}</span>}
    </label>
  );
}

function Text({ label, name, value, hint }: { label: string; name: string; value: string; hint?: string }) {
  return (
    <Field name={label}>
      <input
        type="text"
        name={name}
        value={value}
        placeholder={hint}
        maxlength={2048}
        autocomplete="off"
        spellcheck={false}
      />
    </Field>
  );
}

function configOf(config: Record<string, unknown> | undefined): string {
  return config === undefined || Object.keys(config).length === 0 ? "" : JSON.stringify(config, undefined, 2);
}

import { datasetsOf, tagOf } from "../domain/compare.ts";
import type { Run, RunStatus } from "../domain/entities.ts";
import { count, counted } from "../domain/format.ts";
import { copiedFromKey } from "../domain/run_changes.ts";
import { factOf } from "../domain/runs_view.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Badge, Panel, Time } from "./parts.tsx";

/** A run that is named on the page of another. */
export interface RelatedRun {
  run_id: string;
  run_name: string;
  status: RunStatus;
}

export interface AboutProps {
  run: Run;
  parent: RelatedRun | undefined;
  /** The first of the run's children, and how many there are. */
  children_of: { runs: readonly RelatedRun[]; total: number };
  logged_models: readonly { model_id: string; name: string }[];
  /** Versions of registered models that come from it. */
  versions: readonly { name: string; version: number; stage: string; aliases: readonly string[] }[];
  traces: number;
  now: number;
}

/** Where a run comes from. */
export function About(props: AboutProps) {
  const { run, now } = props;
  const { run_id, start_time, end_time, artifact_uri } = run.info;
  return (
    <Panel title="About" actions={<CopyButton text={run_id} label="Copy the run id" />} class="about">
      <dl class="kv">
        <dt>Run id</dt>
        <dd class="mono" title={run_id}>{run_id}</dd>
        <dt>Started</dt>
        <dd>{start_time > 0 ? <Time at={start_time} /> : "not yet"}</dd>
        {end_time !== undefined && (
          <>
            <dt>Ended</dt>
            <dd>
              <Time at={end_time} />
            </dd>
          </>
        )}
        <Fact name="Duration" value={factOf(run, "duration", now)} />
        <Fact name="User" value={factOf(run, "user_id", now)} />
        <Source run={run} />
        <Commit run={run} />
        <Relatives {...props} />
        {datasetsOf(run).map(({ name, digest, context }) => (
          <Fact
            name="Dataset"
            value={name}
            more={context === "dataset" ? "" : context}
            title={`${name}, digest ${digest}`}
          />
        ))}
        <Models {...props} />
        {props.traces > 0 && <Fact name="Traces" value={count(props.traces)} />}
        <Fact name="Artifacts" value={artifact_uri} />
        <CopyOf run={run} />
      </dl>
    </Panel>
  );
}

function Fact(
  { name, value, more, title }: { name: string; value: string | undefined; more?: string; title?: string },
) {
  if (value === undefined || value === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd dir="auto" title={title ?? value}>
        {value} {more !== undefined && more !== "" && <span class="mut">{more}</span>}
      </dd>
    </>
  );
}

/** A copy has no files of its own: they are with the run that it was made of. */
function CopyOf({ run }: { run: Run }) {
  const original = tagOf(run, copiedFromKey);
  if (original === undefined) return null;
  return (
    <>
      <dt>Copy of</dt>
      <dd>
        <a href={href(path`/runs/${original}`)} class="mono" title={original}>{original.slice(0, 8)}</a>{" "}
        <span class="mut">its files are there</span>
      </dd>
    </>
  );
}

function Models({ logged_models, versions }: AboutProps) {
  return (
    <>
      {logged_models.map(({ model_id, name }) => (
        <>
          <dt>Model</dt>
          <dd title={`${name}, ${model_id}`}>
            <a href={href(path`/logged-models/${model_id}`)} dir="auto">{name}</a> <span class="mut">{model_id}</span>
          </dd>
        </>
      ))}
      {versions.map(({ name, version, stage, aliases }) => (
        <>
          <dt>Version</dt>
          <dd class="whole" title={`${name}, version ${version}`}>
            <a href={href(path`/models/${name}/versions/${version}`)} dir="auto">{name} v{version}</a>{" "}
            {stage !== "None" && <Badge>{stage}</Badge>} {aliases.map((alias) => <Badge accent>{alias}</Badge>)}
          </dd>
        </>
      ))}
    </>
  );
}

function Source({ run }: { run: Run }) {
  const kind = tagOf(run, "mlflow.source.type");
  const known = kind === "PROJECT" || kind === "NOTEBOOK" || kind === "JOB" ? kind.toLowerCase() : "";
  return <Fact name="Source" value={tagOf(run, "mlflow.source.name")} more={known} />;
}

/** The page of a commit: only of a repository that is a web address, for the tag is anybody's text. */
function commitPage(repo: string | undefined, commit: string): string | undefined {
  const url = URL.parse(repo ?? "");
  if (url?.protocol !== "https:" || !/^[0-9a-f]{7,64}$/i.test(commit)) return undefined;
  return `https://${url.host}${url.pathname.replace(/(\.git)?\/*$/, "")}/commit/${commit}`;
}

function Commit({ run }: { run: Run }) {
  const commit = tagOf(run, "mlflow.source.git.commit");
  if (commit === undefined) return null;
  const page = commitPage(tagOf(run, "mlflow.source.git.repoURL"), commit);
  return (
    <>
      <dt>Commit</dt>
      <dd title={commit}>
        {page === undefined
          ? <span class="mono">{commit.slice(0, 7)}</span>
          : <a class="mono" href={page} rel="noreferrer">{commit.slice(0, 7)}</a>}{" "}
        <span class="mut">{tagOf(run, "mlflow.source.git.branch")}</span>
      </dd>
    </>
  );
}

function Relatives({ run, parent, children_of: { runs, total } }: AboutProps) {
  return (
    <>
      {parent && (
        <>
          <dt>Parent</dt>
          <dd>
            <a href={href(path`/runs/${parent.run_id}`)} dir="auto">{parent.run_name}</a>
          </dd>
        </>
      )}
      {total > 0 && (
        <>
          <dt>Children</dt>
          <dd>
            <a href={href(path`/compare`, { runs: [run.info.run_id, ...runs.map(({ run_id }) => run_id)].join(",") })}>
              Compare {total > runs.length ? `${runs.length} of ` : ""}
              {counted(total, "run")}
            </a>{" "}
            {runs.filter(({ status }) => status === "RUNNING").length > 0 && <Badge accent>running</Badge>}
          </dd>
        </>
      )}
    </>
  );
}

/** Copies a text that stands elsewhere. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  return (
    <button type="button" class="sq ghost needsjs" data-copy={text} aria-label={label} title={label}>
      <Icon name="copy" />
    </button>
  );
}

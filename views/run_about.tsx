import { datasetsOf, tagOf } from "../domain/compare.ts";
import type { Run, RunStatus } from "../domain/entities.ts";
import { counted } from "../domain/format.ts";
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
        {props.logged_models.map(({ model_id, name }) => (
          <Fact name="Model" value={name} more={model_id} title={`${name}, ${model_id}`} />
        ))}
        <Fact name="Artifacts" value={artifact_uri} />
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

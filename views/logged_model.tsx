import type { BrowsedFiles } from "../domain/browsed_files.ts";
import type { KeyValue, LoggedModel } from "../domain/entities.ts";
import { plainNumber } from "../domain/format.ts";
import type { FilesView } from "../wire/pages_files.ts";
import { FilesPanel } from "./file_browser.tsx";
import { modelFileLinks } from "./file_links.ts";
import { href, path } from "./links.ts";
import { PageHead, Panel, Time } from "./parts.tsx";
import { CopyButton, type RelatedRun } from "./run_about.tsx";
import { Shell } from "./shell.tsx";

export interface LoggedModelPageProps {
  view: FilesView & { model_id: string };
  model: LoggedModel;
  experiment: { experiment_id: string; name: string };
  /** The run that made it, where that is known. */
  run: RelatedRun | undefined;
  files: BrowsedFiles;
  /** How clients reach this server. */
  server: string;
}

/** `/logged-models/:id`: a model that a run logged, what is known of it, and its files. */
export function LoggedModelPage({ view, model, experiment, run, files, server }: LoggedModelPageProps) {
  const { info: { name, model_id, tags = [] }, data: { params = [], metrics = [] } } = model;
  const links = modelFileLinks({ model_id, view, page: path`/logged-models/${model_id}`, part: "#model" });
  const crumbs = [
    { text: "Experiments", href: href(path`/experiments`) },
    { text: experiment.name, href: href(path`/experiments/${experiment.experiment_id}`) },
    ...(run ? [{ text: run.run_name, href: href(path`/runs/${run.run_id}`) }] : []),
  ];
  return (
    <Shell title={name} current="experiments" scripts={["files.js"]}>
      <PageHead crumbs={crumbs} title={<bdi title={name}>{name}</bdi>} />
      <div class="page logged" id="model">
        <FilesPanel files={files} links={links} server={server} />
        <div class="stack">
          <About model={model} run={run} />
          <Values title="Params" values={params} />
          <Values title="Metrics" values={metrics.map(({ key, value }) => ({ key, value: plainNumber(value) }))} />
          <Values title="Tags" values={tags.filter(({ key }) => !key.startsWith("mlflow."))} />
        </div>
      </div>
    </Shell>
  );
}

const statusWords: Record<LoggedModel["info"]["status"], string> = {
  LOGGED_MODEL_STATUS_UNSPECIFIED: "Unknown",
  LOGGED_MODEL_PENDING: "Pending: its files are still to come",
  LOGGED_MODEL_READY: "Ready",
  LOGGED_MODEL_UPLOAD_FAILED: "Failed: its files did not come",
};

function About({ model: { info }, run }: { model: LoggedModel; run: RelatedRun | undefined }) {
  return (
    <Panel title="About" actions={<CopyButton text={info.model_id} label="Copy the model id" />} class="about">
      <dl class="kv">
        <dt>Model id</dt>
        <dd class="mono" title={info.model_id}>{info.model_id}</dd>
        <dt>Status</dt>
        <dd>{statusWords[info.status]}</dd>
        {info.model_type !== undefined && info.model_type !== "" && (
          <>
            <dt>Type</dt>
            <dd dir="auto">{info.model_type}</dd>
          </>
        )}
        <dt>Logged</dt>
        <dd>
          <Time at={info.creation_timestamp_ms} />
        </dd>
        {run && (
          <>
            <dt>Run</dt>
            <dd>
              <a href={href(path`/runs/${run.run_id}`)} dir="auto">{run.run_name}</a>
            </dd>
          </>
        )}
        {info.registrations?.map(({ name, version }) => (
          <>
            <dt>Version</dt>
            <dd>
              <a href={href(path`/models/${name}/versions/${version}`)} dir="auto">{name} {version}</a>
            </dd>
          </>
        ))}
        <dt>Artifacts</dt>
        <dd title={info.artifact_uri}>{info.artifact_uri}</dd>
      </dl>
    </Panel>
  );
}

function Values({ title, values }: { title: string; values: readonly KeyValue[] }) {
  if (values.length === 0) return null;
  return (
    <Panel title={title}>
      <dl class="kv">
        {values.map(({ key, value }) => (
          <>
            <dt title={key}>
              <bdi>{key}</bdi>
            </dt>
            <dd title={value}>
              <bdi>{value}</bdi>
            </dd>
          </>
        ))}
      </dl>
    </Panel>
  );
}

import type { BrowsedFiles } from "../domain/browsed_files.ts";
import type { SourcedVersion } from "../domain/version_source.ts";
import { Icon } from "./icons.tsx";
import { nameOf } from "./model_timeline.tsx";
import { Source } from "./model_versions.tsx";
import { Panel, Time } from "./parts.tsx";

interface FactsProps {
  sourced: SourcedVersion;
  author: string | undefined;
  prompt: boolean;
}

/** When, by whom and of what a version was made. */
export function Facts({ sourced, author, prompt }: FactsProps) {
  const { version, run, logged_model } = sourced;
  const { status, status_message, model_id, source, run_link } = version;
  const by = nameOf(version.user_id ?? author ?? "") || run?.info.user_id || "";
  return (
    <Panel title="About">
      <dl class="kv">
        <dt>Registered</dt>
        <dd>
          <Time at={version.creation_timestamp} />
        </dd>
        {by !== "" && (
          <>
            <dt>By</dt>
            <dd dir="auto" title={by}>{by}</dd>
          </>
        )}
        <dt>Changed</dt>
        <dd>
          <Time at={version.last_updated_timestamp} />
        </dd>
        {status !== "READY" && (
          <>
            <dt>Status</dt>
            <dd class="bad" title={status_message}>
              {status === "PENDING_REGISTRATION" ? "pending" : "failed"} {status_message}
            </dd>
          </>
        )}
        {(!prompt || version.run_id !== "") && (
          <>
            <dt>Run</dt>
            <dd>
              <Source sourced={sourced} />
            </dd>
          </>
        )}
        {model_id !== undefined && (
          <>
            <dt>Model</dt>
            <dd class="mono" title={model_id}>{logged_model ? model_id : `${model_id}, gone`}</dd>
          </>
        )}
        {!prompt && (
          <>
            <dt>Source</dt>
            <dd class="mono" title={source}>{source}</dd>
          </>
        )}
        {run_link !== "" && (
          <>
            <dt>Run link</dt>
            <dd title={run_link}>{run_link}</dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

/** Says plainly what is no more of what a version was made of. */
export function MissingNote({ sourced, files }: { sourced: SourcedVersion; files: BrowsedFiles | undefined }) {
  const missing = missingParts(sourced, files);
  if (missing.length === 0) return null;
  return (
    <div class="note warn" role="status">
      <Icon name="warning" />
      <p>{missing.join(" ")}</p>
    </div>
  );
}

function missingParts({ version, run, logged_model }: SourcedVersion, files: BrowsedFiles | undefined): string[] {
  const { run_id, model_id } = version;
  const top = files?.folders.find(({ path }) => path === "");
  return [
    run_id !== "" && !run && "The run that it comes from is gone, and with it what the run scored and was given.",
    run?.info.lifecycle_stage === "deleted" && "The run that it comes from is in the bin.",
    model_id !== undefined && !logged_model && "The logged model that it was made of is in the bin or gone.",
    top && top.total === 0 && files?.error === undefined && "It has no files: who loads it will find nothing.",
  ].filter((part) => typeof part === "string");
}

import type { BrowsedFiles } from "../domain/browsed_files.ts";
import { compareNames } from "../domain/metric_names.ts";
import { type SourcedVersion, versionParams } from "../domain/version_source.ts";
import type { VersionQuery } from "../wire/pages_models.ts";
import { FilesPanel } from "./file_browser.tsx";
import { versionFileLinks } from "./file_links.ts";
import { Icon } from "./icons.tsx";
import { LineagePanel } from "./lineage.tsx";
import { href, path } from "./links.ts";
import { Markdown } from "./markdown.tsx";
import { type Ask, AskPanel } from "./model_ask.tsx";
import {
  Aliases,
  DoneNote,
  LiveRegistry,
  liveScripts,
  modelHref,
  ownTags,
  Stage,
  versionHref,
} from "./model_parts.tsx";
import { downloadVersion, loadVersion, serveVersion, versionUri } from "./model_snippets.ts";
import { type TimelineEntry, TimelinePanel } from "./model_timeline.tsx";
import { TagsPanel } from "./pairs_panel.tsx";
import { PageHead, Panel, Snippet } from "./parts.tsx";
import { PromptPanel, PromptUse } from "./prompt.tsx";
import { Shell } from "./shell.tsx";
import { Facts, MissingNote } from "./version_facts.tsx";
import { AliasMenu, StageMenu, VersionMenu } from "./version_forms.tsx";
import { Against, type Directions } from "./version_metrics.tsx";

export interface VersionPageProps {
  view: VersionQuery;
  sourced: SourcedVersion;
  /** Who registered it; undefined where nobody knows. */
  author: string | undefined;
  /** The one that others are measured against, where it is another. */
  champion: SourcedVersion | undefined;
  prompt: boolean;
  /** Left out for prompts, which have none. */
  files?: BrowsedFiles | undefined;
  asks: readonly Ask[];
  /** The transaction from which on the page is to be told what is done. */
  since: number;
  entries: readonly TimelineEntry[];
  next_page_token?: string | undefined;
  directions: Directions;
  who: string;
  server: string;
  now: number;
}

/** `/models/:name/versions/:version`: where a version comes from, what it scored, what is in it, how it is used. */
export function VersionPage(props: VersionPageProps) {
  const { view, sourced: { version }, prompt, champion, who } = props;
  const { name } = version;
  const versus = champion?.version.version ?? (Number(version.version) > 1 ? String(Number(version.version) - 1) : "");
  return (
    <Shell title={`${name} ${version.version}`} current="models" scripts={liveScripts}>
      <div id="version">
        <PageHead
          crumbs={[
            prompt
              ? { text: "Prompts", href: href(path`/models`, { kind: "prompts" }) }
              : { text: "Models", href: href(path`/models`) },
            { text: name, href: modelHref(name) },
          ]}
          title={
            <span class="nm">
              Version {version.version}
              {!prompt && version.current_stage !== "None" && <Stage stage={version.current_stage} />}
              <Aliases aliases={version.aliases} />
            </span>
          }
        >
          <LiveRegistry name={name} since={props.since} />
          {versus !== "" && (
            <a
              class="btn"
              href={href(path`/models/${name}/compare`, {
                versions: `${versus},${version.version}`,
                baseline: versus,
              })}
            >
              <Icon name="compare" />Compare with {champion ? "champion" : versus}
            </a>
          )}
          {!prompt && <StageMenu version={version} who={who} />}
          <AliasMenu version={version} who={who} />
          <VersionMenu version={version} who={who} />
        </PageHead>
        <DoneNote done={view.done} />
        {view.wrong && (
          <div class="note bad" role="alert">
            <Icon name="warning" />
            <p>The number that was typed is another one. Nothing was deleted.</p>
          </div>
        )}
        <MissingNote sourced={props.sourced} files={props.files} />
        <div class="page">
          <div class="two">
            <Main {...props} />
            <Aside {...props} />
          </div>
        </div>
      </div>
    </Shell>
  );
}

function Main(props: VersionPageProps) {
  const { view, sourced, champion, prompt, files, asks, who, now, directions, server } = props;
  const { version } = sourced;
  const { name, description = "" } = version;
  return (
    <div>
      {asks.map((ask) => <AskPanel ask={ask} who={who} directions={directions} now={now} />)}
      {prompt && <PromptPanel version={version} />}
      {description !== "" && (
        <Panel title="Description">
          <div class="prose-md">
            <Markdown text={description} />
          </div>
        </Panel>
      )}
      {!prompt && <LineagePanel sourced={sourced} />}
      {!prompt && (
        <div class="r2">
          <Panel title="Metrics" class="scores">
            <Against
              candidate={sourced}
              current={champion}
              against={champion?.version.aliases?.includes("champion") ? "champion" : "Production"}
              directions={directions}
              whole
            />
          </Panel>
          <Params sourced={sourced} />
        </div>
      )}
      {files && (
        <FilesPanel
          files={files}
          links={versionFileLinks({
            name,
            version: version.version,
            view,
            page: path`/models/${name}/versions/${version.version}`,
            part: "#version",
          })}
          server={server}
        />
      )}
    </div>
  );
}

function Params({ sourced }: { sourced: SourcedVersion }) {
  const params = versionParams(sourced).toSorted((a, b) => compareNames(a.key, b.key));
  return (
    <Panel title="Params" note={params.length > 0 ? String(params.length) : undefined} class="scores">
      {params.length === 0 ? <p class="none mut">None.</p> : (
        <table>
          <caption class="sr">Params</caption>
          <tbody>
            {params.map(({ key, value }) => (
              <tr>
                <th scope="row" title={key} dir="auto">{key}</th>
                <td title={value} dir="auto">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Aside(props: VersionPageProps) {
  const { view, sourced: { version }, prompt, files, who, now, server, next_page_token } = props;
  const { name, aliases = [] } = version;
  const alias = aliases.includes("champion") ? "champion" : aliases[0];
  const uri = versionUri(version, alias);
  return (
    <div>
      {prompt ? <PromptUse version={version} alias={alias} server={server} /> : (
        <Panel title="Use it" class="use">
          <Snippet label="Load the model in Python" code={loadVersion(server, uri)} />
          {!files?.model && (
            <>
              <h3>Serve</h3>
              <Snippet label="Serve the model from a shell" code={serveVersion(server, uri)} />
            </>
          )}
          <h3>Fetch its files</h3>
          <Snippet label="Fetch the files in Python" code={downloadVersion(server, uri)} />
        </Panel>
      )}
      <Facts {...props} />
      <TagsPanel
        tags={ownTags(version.tags)}
        at={path`/models/${name}/versions/${version.version}/tags`}
        who={who}
      />
      <TimelinePanel
        entries={props.entries}
        now={now}
        all={modelHref(name, { tab: "activity" })}
        waiting={new Set(props.asks.map(({ request }) => request.request_id))}
      />
      {(next_page_token !== undefined || view.page_token !== undefined) && (
        <nav class="seg" aria-label="Pages of the timeline">
          {view.page_token !== undefined && <a class="btn" href={versionHref(name, version.version)}>First</a>}
          {next_page_token !== undefined && (
            <a class="btn" rel="next" href={versionHref(name, version.version, { page_token: next_page_token })}>
              Older
            </a>
          )}
        </nav>
      )}
    </div>
  );
}

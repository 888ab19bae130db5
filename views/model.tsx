import type { RegisteredModel } from "../domain/entities.ts";
import { counted } from "../domain/format.ts";
import type { SourcedVersion } from "../domain/version_source.ts";
import type { ModelQuery } from "../wire/pages_models.ts";
import { Icon } from "./icons.tsx";
import { ModelLineagePanel } from "./lineage.tsx";
import { href, path } from "./links.ts";
import { Markdown } from "./markdown.tsx";
import { type Ask, AskPanel } from "./model_ask.tsx";
import { AliasPanel, ConfirmDelete, ModelMenu, RegisterMenu } from "./model_forms.tsx";
import { DoneNote, LiveRegistry, liveScripts, modelHref, ownerOf, ownTags } from "./model_parts.tsx";
import { loadVersion, registerVersion, serveVersion, versionUri } from "./model_snippets.ts";
import { Timeline, type TimelineEntry, TimelinePanel } from "./model_timeline.tsx";
import { Versions, versionsHref, type VersionsProps } from "./model_versions.tsx";
import { Webhooks, type WebhooksProps } from "./model_webhooks.tsx";
import { TagsPanel } from "./pairs_panel.tsx";
import { Empty, PageHead, Panel, Snippet, Tabs } from "./parts.tsx";
import { PromptPanel, PromptUse } from "./prompt.tsx";
import { RequestList } from "./model_requests.tsx";
import type { TransitionRequest } from "../domain/transition_requests.ts";
import { Shell } from "./shell.tsx";

export interface ModelPageProps extends VersionsProps {
  view: ModelQuery;
  model: RegisteredModel;
  /** The versions whose lineage is drawn; of prompts none. */
  drawn: readonly SourcedVersion[];
  asks: readonly Ask[];
  /** Of this page: the newest, or a page of the activity. */
  entries: readonly TimelineEntry[];
  next_page_token?: string | undefined;
  /** On their tab. */
  requests: readonly TransitionRequest[];
  webhooks: WebhooksProps | undefined;
  /** How many wait. */
  waiting: number;
  /** The transaction from which on the page is to be told what is done. */
  since: number;
  who: string;
  server: string;
}

/** `/models/:name`: the decision that waits, versions against the champion, what was done. */
export function ModelPage(props: ModelPageProps) {
  const { view, model, total, who, prompt } = props;
  const owner = ownerOf(model);
  return (
    <Shell title={model.name} current="models" scripts={liveScripts}>
      <div id="model">
        <PageHead
          crumbs={[
            prompt
              ? { text: "Prompts", href: href(path`/models`, { kind: "prompts" }) }
              : { text: "Models", href: href(path`/models`) },
          ]}
          title={<bdi title={model.name}>{model.name}</bdi>}
          description={owner === "" ? undefined : `Owner: ${owner}`}
        >
          <LiveRegistry name={model.name} since={props.since} />
          {total > 1 && (
            <a class="btn" href={href(path`/models/${model.name}/compare`)}>
              <Icon name="compare" />Compare versions
            </a>
          )}
          {!prompt && <RegisterMenu view={view} who={who} server={props.server} />}
          <ModelMenu model={model} who={who} />
        </PageHead>
        <ModelTabs {...props} />
        <DoneNote done={view.done} />
        <div class="page">
          {view.confirm === "delete" && <ConfirmDelete view={view} total={total} who={who} />}
          {view.tab === "versions" && <Overview {...props} />}
          {view.tab === "requests" && <Requests {...props} />}
          {view.tab === "activity" && <Activity {...props} />}
          {view.tab === "webhooks" && props.webhooks && <Webhooks {...props.webhooks} />}
        </div>
      </div>
    </Shell>
  );
}

function ModelTabs({ view, total, waiting }: ModelPageProps) {
  const { name } = view;
  const tab = (one: ModelQuery["tab"], text: string, count?: number) => ({
    text,
    href: modelHref(name, { tab: one === "versions" ? undefined : one }),
    current: view.tab === one,
    ...(count !== undefined && { count }),
  });
  return (
    <Tabs
      tabs={[
        tab("versions", "Versions", total),
        tab("requests", "Requests", waiting === 0 ? undefined : waiting),
        tab("webhooks", "Webhooks"),
        tab("activity", "Activity"),
      ]}
    />
  );
}

function Overview(props: ModelPageProps) {
  const { view, model, asks, total, server, prompt, versions, who, now, champion, waiting } = props;
  const { name, description = "" } = model;
  return (
    <div class="two">
      <div>
        {asks.map((ask) => <AskPanel ask={ask} who={who} directions={props.directions} now={now} />)}
        {waiting > asks.length && (
          <p>
            <a href={modelHref(name, { tab: "requests" })}>
              {counted(waiting - asks.length, "more request")} to decide
            </a>
          </p>
        )}
        {prompt && versions[0] && <PromptPanel version={(champion ?? versions[0]).version} />}
        {description !== "" && (
          <Panel title="Description">
            <div class="prose-md">
              <Markdown text={description} />
            </div>
          </Panel>
        )}
        {total === 0 ? <NoVersions name={name} server={server} /> : <Versions {...props} />}
        {props.drawn.length > 0 && (
          <ModelLineagePanel
            versions={props.drawn}
            total={total}
            folded={view.lineage === undefined}
            other={`${versionsHref(view, { lineage: view.lineage === undefined ? "all" : undefined })}#lineage`}
          />
        )}
      </div>
      <div>
        {total > 0 && <Use {...props} />}
        <AliasPanel model={model} who={who} />
        <TagsPanel tags={ownTags(model.tags)} at={path`/models/${name}/tags`} who={who} />
        <TimelinePanel
          entries={props.entries}
          now={now}
          all={modelHref(name, { tab: "activity" })}
          waiting={new Set(asks.map(({ request }) => request.request_id))}
        />
      </div>
    </div>
  );
}

function NoVersions({ name, server }: { name: string; server: string }) {
  return (
    <Empty title="No versions yet">
      <p>A version is a model that a run logged, under this name. From Python, or by the button above:</p>
      <Snippet label="A first version in Python" code={registerVersion(server, name)} />
    </Empty>
  );
}

/** The line to paste: of the champion, or else of the newest version. */
function Use({ champion, versions, server, prompt }: ModelPageProps) {
  const version = (champion ?? versions[0])?.version;
  if (!version) return null;
  const alias = version.aliases?.includes("champion") ? "champion" : version.aliases?.[0];
  if (prompt) return <PromptUse version={version} alias={alias} server={server} />;
  const uri = versionUri(version, alias);
  return (
    <Panel title="Use it" note={`version ${version.version}`} class="use">
      <Snippet label="Load the model in Python" code={loadVersion(server, uri)} />
      <h3>Serve</h3>
      <Snippet label="Serve the model from a shell" code={serveVersion(server, uri)} />
    </Panel>
  );
}

function Requests({ view, requests, asks, next_page_token, who, now, directions }: ModelPageProps) {
  return (
    <>
      {asks.map((ask) => <AskPanel ask={ask} who={who} directions={directions} now={now} />)}
      <RequestList requests={requests} now={now} />
      <Pages view={view} tab="requests" next={next_page_token} />
    </>
  );
}

function Activity({ view, entries, next_page_token, now }: ModelPageProps) {
  return (
    <>
      <Panel title="Activity" note="newest first">
        <Timeline entries={entries} now={now} />
      </Panel>
      <Pages view={view} tab="activity" next={next_page_token} />
    </>
  );
}

function Pages({ view, tab, next }: { view: ModelQuery; tab: ModelQuery["tab"]; next: string | undefined }) {
  if (view.page_token === undefined && next === undefined) return null;
  return (
    <nav class="seg" aria-label="Pages">
      {view.page_token !== undefined && <a class="btn" href={modelHref(view.name, { tab })}>First</a>}
      {next !== undefined && <a class="btn" rel="next" href={modelHref(view.name, { tab, page_token: next })}>Next</a>}
    </nav>
  );
}

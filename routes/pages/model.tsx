import { ownHome } from "../../artifacts/stores.ts";
import { totalsOf } from "../../db/artifact_files.ts";
import { registryHistory, versionAuthors } from "../../db/audit.ts";
import { transactionNow } from "../../db/live.ts";
import { metricDirections } from "../../db/metric_directions.ts";
import { deliveriesAbout } from "../../db/model_deliveries.ts";
import { versionPage, versionsByNumber, withSources } from "../../db/model_version_lists.ts";
import { getRegisteredModel } from "../../db/registered_models.ts";
import { listTransitionRequests, waitingRequests } from "../../db/transition_requests.ts";
import { listWebhooks } from "../../db/webhooks.ts";
import type { RegisteredModel } from "../../domain/entities.ts";
import { compareMetricNames } from "../../domain/metric_names.ts";
import { read } from "../../domain/permissions.ts";
import { championNumber, leadingMetrics, type SourcedVersion, versionMetrics } from "../../domain/version_source.ts";
import type { TransitionRequest } from "../../domain/transition_requests.ts";
import type { Ask } from "../../views/model_ask.tsx";
import { isPromptTagged } from "../../views/model_parts.tsx";
import { ModelPage } from "../../views/model.tsx";
import { ModelQuery } from "../../wire/pages_models.ts";
import { page, type PageRequest } from "../page.tsx";
import type { Services } from "../services.ts";

const versionsOfPage = 25;
const metricColumns = 2;
const shownAsks = 3;
/** Versions in the picture of lineage. */
const usuallyDrawn = 8;
const mostDrawn = 50;
const entriesBeside = 12;
const pageSize = 100;
const shownDeliveries = 20;

type Sql = Services["sql"];

export const modelPages = [
  page({
    path: "/models/:name",
    query: ModelQuery,
    access: read.registered_model,
    show: async (request, view) => {
      const { sql, now } = request;
      const since = await transactionNow(sql); // before the model: what comes meanwhile is told
      const model = await getRegisteredModel(sql, view.name);
      const prompt = isPromptTagged(model.tags);
      const [listed, drawn, champion, asks, waiting, told, webhooks, directions] = await Promise.all([
        versionsOf(sql, view),
        view.tab === "versions" && !prompt ? drawnVersions(sql, model, view) : [],
        championIn(sql, model),
        asksOf(sql, model),
        waitingRequests(sql, [model.name]),
        toldOf(sql, view),
        view.tab === "webhooks" ? webhooksOf(request, view) : undefined,
        metricDirections(sql),
      ]);
      const known = knownMetrics(champion ? [champion, ...listed.versions] : listed.versions);
      return (
        <ModelPage
          view={view}
          model={model}
          prompt={prompt}
          {...listed}
          drawn={drawn}
          {...told}
          champion={champion}
          metrics={view.metrics.length > 0 ? view.metrics : leadingMetrics(listed.versions, metricColumns)}
          known={known}
          asks={asks}
          waiting={waiting.get(model.name) ?? 0}
          webhooks={webhooks}
          directions={directions}
          since={since}
          who={request.reader.name}
          server={request.address}
          now={now()}
        />
      );
    },
  }),
];

const knownMetrics = (versions: readonly SourcedVersion[]): string[] =>
  [...new Set(versions.flatMap((version) => [...versionMetrics(version).keys()]))].sort(compareMetricNames);

async function versionsOf(sql: Sql, { name, stage, search, before }: ModelQuery) {
  const found = await versionPage(sql, name, { stage, search, before, max_results: versionsOfPage });
  const versions = await withSources(sql, found.versions);
  const folders = new Map(versions.flatMap((version): [string, string][] => {
    const folder = folderOf(version);
    return folder === undefined ? [] : [[version.version.version, folder]];
  }));
  const [totals, authors] = await Promise.all([
    totalsOf(sql, [...folders.values()]),
    versionAuthors(sql, name, found.versions.map(({ version }) => version)),
  ]);
  const sizes = new Map([...folders].flatMap(([version, folder]) => {
    const total = totals.get(folder);
    return total ? [[version, total.bytes] as const] : [];
  }));
  return { ...found, versions, authors, sizes };
}

/** Those in use and the newest, or as many of the newest as one picture holds. Newest first. */
async function drawnVersions(
  sql: Sql,
  { name, aliases = [], latest_versions = [] }: RegisteredModel,
  view: ModelQuery,
) {
  const most = view.lineage === "all" ? mostDrawn : usuallyDrawn;
  const { versions } = await versionPage(sql, name, { max_results: most });
  const served = latest_versions.filter(({ current_stage }) => ["Staging", "Production"].includes(current_stage));
  const used = [...aliases, ...served].map(({ version }) => version);
  const chosen = [...new Set([...used, ...versions.map(({ version }) => version)])].slice(0, most)
    .map(Number).sort((a, b) => b - a);
  return await withSources(sql, await versionsByNumber(sql, name, chosen));
}

/** Where a version's files are noted; nowhere if clients may store them past this server. */
function folderOf({ version, logged_model }: SourcedVersion): string | undefined {
  const uri = logged_model?.info.artifact_uri ?? version.source;
  const path = /^mlflow-artifacts:(?:\/\/)?\/([^/?#][^?#]*)$/.exec(uri)?.[1]?.replace(/\/+$/, "");
  return path === undefined ? undefined : ownHome + path;
}

/** The version that the others are measured against. */
async function championIn(sql: Sql, model: RegisteredModel): Promise<SourcedVersion | undefined> {
  const number = championNumber(model);
  if (number === undefined) return undefined;
  const [champion] = await withSources(sql, await versionsByNumber(sql, model.name, [Number(number)]));
  return champion;
}

/** The requests that wait, newest first, with the versions that they are about. */
export async function asksOf(sql: Sql, model: RegisteredModel, version?: string): Promise<Ask[]> {
  const { transition_requests } = await listTransitionRequests(sql, {
    name: model.name,
    version,
    state: "PENDING",
    max_results: shownAsks,
  });
  const places = transition_requests.map((request) => ({ request, current: currentIn(model, request) }));
  const numbers = places.flatMap(({ request, current }) => [request.version, current]).filter((one) =>
    one !== undefined
  );
  const versions = await withSources(sql, await versionsByNumber(sql, model.name, numbers.map(Number)));
  const byNumber = new Map(versions.map((version) => [version.version.version, version]));
  return places.flatMap(({ request, current }) => {
    const candidate = byNumber.get(request.version);
    return candidate ? [{ request, candidate, current: byNumber.get(current ?? "") }] : [];
  });
}

/** The number of the version whose place is asked for. */
function currentIn(
  { aliases = [], latest_versions = [] }: RegisteredModel,
  { version, stage, alias }: TransitionRequest,
): string | undefined {
  const there = stage === undefined
    ? aliases.find((one) => one.alias === alias)?.version
    : latest_versions.find(({ current_stage }) => current_stage === stage)?.version;
  return there === version ? undefined : there;
}

/** What the tab tells of what was done. */
async function toldOf(sql: Sql, { name, tab, page_token }: ModelQuery) {
  if (tab === "requests") {
    const { transition_requests, next_page_token } = await listTransitionRequests(sql, {
      name,
      max_results: pageSize,
      page_token,
    });
    return { entries: [], requests: transition_requests, next_page_token };
  }
  if (tab === "webhooks") return { entries: [], requests: [] };
  const history = await registryHistory(sql, {
    name,
    max_results: tab === "activity" ? pageSize : entriesBeside,
    page_token: tab === "activity" ? page_token : undefined,
  });
  return { ...history, requests: [] };
}

async function webhooksOf({ sql, address, now }: PageRequest, { name, webhook, status }: ModelQuery) {
  const [{ webhooks }, deliveries] = await Promise.all([
    listWebhooks(sql, { max_results: pageSize }),
    deliveriesAbout(sql, name, shownDeliveries),
  ]);
  const tested = webhook === undefined || status === undefined ? undefined : { webhook_id: webhook, status };
  return { name, webhooks, deliveries, tested, server: address, now: now() };
}

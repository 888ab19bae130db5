import { transactionNow } from "../../db/live.ts";
import { curveMetrics, metricCurves } from "../../db/curves.ts";
import { metricDirections } from "../../db/metric_directions.ts";
import { versionPage, versionsByNumber, withSources } from "../../db/model_version_lists.ts";
import { downloadUri } from "../../db/model_versions.ts";
import { getRegisteredModel } from "../../db/registered_models.ts";
import { chartedMetrics } from "../../domain/compare.ts";
import { type LineDiff, lineDiff } from "../../domain/diff_lines.ts";
import { ApiError } from "../../domain/errors.ts";
import { compareMetricNames } from "../../domain/metric_names.ts";
import { read } from "../../domain/permissions.ts";
import { promptMessages, promptText } from "../../domain/prompt.ts";
import { type ComparedVersion, compareVersions } from "../../domain/version_compare.ts";
import { championNumber, type SourcedVersion } from "../../domain/version_source.ts";
import { chartSettings } from "../../views/chart_links.ts";
import { isPromptTagged } from "../../views/model_parts.tsx";
import { CompareVersionsPage, runsOf } from "../../views/version_compare.tsx";
import { CompareVersionsQuery } from "../../wire/pages_models.ts";
import { versionPlace } from "../api/model_versions.ts";
import { chartsOf, drawnWidth } from "../drawn_curves.ts";
import { lineChanges } from "../line_changes.ts";
import { modelIn } from "../model_cards.ts";
import { page, type PageRequest } from "../page.tsx";
import type { Services } from "../services.ts";
import { inTime } from "./in_time.ts";

const mostVersions = 100;
/** Versions whose files are read: each is some requests to the store. */
const mostRead = 12;
/** Versions that are compared when nobody says which. */
const usualVersions = 4;

export const versionComparePages = [
  page({
    path: "/models/:name/compare",
    query: CompareVersionsQuery,
    access: read.model_version,
    show: async (request, view) => {
      const { sql } = request;
      const since = await transactionNow(sql); // before the versions: what comes meanwhile is told
      const model = await getRegisteredModel(sql, view.name);
      const champion = championNumber(model);
      const asked = view.versions.length > 0 ? view.versions : await usual(request, view.name, champion);
      const numbers = asked.filter((one) => /^\d{1,10}$/.test(one) && Number(one) < 2 ** 31).slice(0, mostVersions);
      const [found, directions] = await Promise.all([
        versionsByNumber(sql, view.name, numbers.map(Number)),
        metricDirections(sql),
      ]);
      const prompt = isPromptTagged(model.tags);
      const sourced = await withSources(sql, found);
      const [versions, curves] = await Promise.all([
        Promise.all(
          sourced.map((version, i) => prompt || i >= mostRead ? version : inTime(withCard(request, version), version)),
        ),
        curvesOf(sql, runsOf(sourced), view),
      ]);
      const baseline = indexOf(versions, view.baseline) ?? indexOf(versions, champion) ?? 0;
      return (
        <CompareVersionsPage
          view={view}
          versions={versions}
          missing={asked.filter((one) => !found.some(({ version }) => Number(version) === Number(one)))
            .slice(0, mostVersions)}
          left_out={Math.max(0, asked.length - mostVersions)}
          baseline={baseline}
          found={compareVersions(versions, baseline, directions)}
          texts={prompt ? textsOf(versions, baseline) : undefined}
          {...curves}
          directions={directions}
          since={since}
        />
      );
    },
  }),
];

function indexOf(versions: readonly SourcedVersion[], number: string | undefined): number | undefined {
  const index = versions.findIndex(({ version }) => version.version === number);
  return index < 0 ? undefined : index;
}

/** The champion and the newest ones. */
async function usual({ sql }: PageRequest, name: string, champion: string | undefined): Promise<string[]> {
  const { versions } = await versionPage(sql, name, { max_results: usualVersions });
  const newest = versions.map(({ version }) => version).slice(0, usualVersions - 1);
  return [...new Set([...champion === undefined ? [] : [champion], ...newest.toReversed()])];
}

/** The curves of the runs that the versions come from. */
async function curvesOf(sql: Services["sql"], runs: readonly string[], view: CompareVersionsQuery) {
  const known = (await curveMetrics(sql, runs)).sort(compareMetricNames);
  const metrics = chartedMetrics({ runs, transpose: false, metric: view.metric }, known);
  const { x, by } = chartSettings(view);
  const curves = await metricCurves(sql, runs, metrics, { axis: x, by, width: drawnWidth });
  return { curve_metrics: known, charts: chartsOf(metrics, curves) };
}

/** With what its files say; without that where they cannot be read. */
async function withCard(request: PageRequest, sourced: SourcedVersion): Promise<ComparedVersion> {
  const { name, version } = sourced.version;
  try {
    const place = await versionPlace(request, await downloadUri(request.sql, name, version));
    const model = await modelIn(place, "");
    const requirements = model?.needs.find((file) => file.name === "requirements.txt" && !file.cut)?.text;
    return { ...sourced, ...(model && { card: model.card }), ...(requirements !== undefined && { requirements }) };
  } catch (error) {
    if (error instanceof ApiError) return sourced;
    throw error;
  }
}

function textsOf(versions: readonly SourcedVersion[], baseline: number): Map<string, LineDiff> {
  const text = (at: SourcedVersion | undefined): string => promptText(promptMessages(at?.version.tags) ?? []);
  const base = text(versions[baseline]);
  const others = versions.filter((_, i) => i !== baseline).slice(0, mostRead);
  return new Map(others.flatMap((version) => {
    const changes = lineChanges(base, text(version));
    return changes ? [[version.version.version, lineDiff(changes, true)] as const] : [];
  }));
}

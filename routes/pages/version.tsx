import { registryHistory, versionAuthors } from "../../db/audit.ts";
import { transactionNow } from "../../db/live.ts";
import { metricDirections } from "../../db/metric_directions.ts";
import { versionsByNumber, withSources } from "../../db/model_version_lists.ts";
import { downloadUri, getModelVersion } from "../../db/model_versions.ts";
import { getRegisteredModel } from "../../db/registered_models.ts";
import { read } from "../../domain/permissions.ts";
import { championNumber } from "../../domain/version_source.ts";
import { isPromptTagged } from "../../views/model_parts.tsx";
import { VersionPage } from "../../views/version.tsx";
import { VersionQuery } from "../../wire/pages_models.ts";
import { versionPlace } from "../api/model_versions.ts";
import { page } from "../page.tsx";
import { browseFiles } from "../run_files.ts";
import { inTime } from "./in_time.ts";
import { asksOf } from "./model.tsx";

const entriesBeside = 20;

export const versionPages = [
  page({
    path: "/models/:name/versions/:version",
    query: VersionQuery,
    access: read.model_version,
    show: async (request, view) => {
      const { sql, now } = request;
      const since = await transactionNow(sql); // before the version: what comes meanwhile is told
      const model = await getRegisteredModel(sql, view.name);
      const version = await getModelVersion(sql, view.name, view.version);
      const prompt = isPromptTagged(model.tags);
      const champion = championNumber(model);
      const [[sourced, measure], authors, history, asks, files, directions] = await Promise.all([
        withSources(sql, [version, ...await others(champion === version.version ? undefined : champion)]),
        versionAuthors(sql, view.name, [version.version]),
        registryHistory(sql, {
          name: view.name,
          version: Number(version.version),
          max_results: entriesBeside,
          page_token: view.page_token,
        }),
        asksOf(sql, model, version.version),
        prompt ? undefined : inTime(browseFiles(request, place, view), {
          folders: [],
          error: "The store that has its files did not answer in time.",
        }),
        metricDirections(sql),
      ]);
      return (
        <VersionPage
          view={view}
          sourced={sourced ?? { version }}
          author={authors.get(version.version)}
          champion={measure}
          prompt={prompt}
          files={files}
          asks={asks}
          {...history}
          directions={directions}
          since={since}
          who={request.reader.name}
          server={request.address}
          now={now()}
        />
      );

      async function others(number: string | undefined) {
        return number === undefined ? [] : await versionsByNumber(sql, view.name, [Number(number)]);
      }
      async function place() {
        return await versionPlace(request, await downloadUri(sql, view.name, view.version));
      }
    },
  }),
];

import type { ArtifactPlace } from "../../artifacts/stores.ts";
import { metricCurves } from "../../db/curves.ts";
import { getExperiment } from "../../db/experiments.ts";
import { modelsOfRun } from "../../db/logged_models.ts";
import { childCounts, childRuns, relatedRuns } from "../../db/run_lists.ts";
import { deleteTag, getRun, logParamsAndTags, moveRun, updateRun } from "../../db/runs.ts";
import { transaction } from "../../db/sql.ts";
import { artifactPath } from "../../domain/artifact_path.ts";
import type { Run } from "../../domain/entities.ts";
import { checkKey, limits, noteKey, truncate } from "../../domain/names.ts";
import { edit, read, remove } from "../../domain/permissions.ts";
import { chartsOfRun, summarizeMetric } from "../../domain/run_page.ts";
import { href, path } from "../../views/links.ts";
import { RunPage } from "../../views/run.tsx";
import {
  DeleteRunFileForm,
  DeleteRunTagForm,
  EditRunForm,
  RunForm,
  RunQuery,
  RunTagForm,
} from "../../wire/pages_run.ts";
import { activeRunPlace } from "../api/run_upload.ts";
import { joinPaths, removeFiles } from "../artifact_place.ts";
import { form, page } from "../page.tsx";
import { runFiles } from "../run_files.ts";
import type { Services } from "../services.ts";

/** Pixels of the lines in the table of metrics, and of the curves for readers without JavaScript. */
const sparkWidth = 30;
const drawnWidth = 60;
const mostChildren = 10;

export const runPages = [
  page({
    path: "/runs/:run_id",
    query: RunQuery,
    access: read.run,
    show: async (request, view) => {
      const { sql, now, address } = request;
      const run = await getRun(sql, view.run_id);
      const [experiment, metrics, family, logged_models, artifacts] = await Promise.all([
        getExperiment(sql, run.info.experiment_id),
        metricsOf(sql, run),
        familyOf(sql, run),
        modelsOfRun(sql, view.run_id),
        runFiles(request, run.info.artifact_uri, view.path),
      ]);
      const curved = metrics.filter((metric) => metric.points > 1).map((metric) => metric.key);
      const charted = chartsOfRun(view, curved);
      const curves = charted.length > 0
        ? await metricCurves(sql, [view.run_id], charted, { axis: view.x, width: drawnWidth })
        : [];
      return (
        <RunPage
          view={view}
          run={run}
          experiment={experiment}
          metrics={metrics}
          charts={charted.map((metric) => ({ metric, curves: curves.filter((curve) => curve.key === metric) }))}
          artifacts={artifacts}
          {...family}
          logged_models={logged_models}
          can_edit
          server={address}
          now={now()}
        />
      );
    },
  }),
  form({
    path: "/runs/:run_id/edit",
    fields: EditRunForm,
    access: edit.run,
    handle: async ({ sql }, { run_id, run_name, description }) => {
      await transaction(sql, async (tx) => {
        await updateRun(tx, run_id, { run_name });
        await logParamsAndTags(tx, run_id, [], [{ key: noteKey, value: truncate(description, limits.runTagValue) }]);
      });
      return runAddress(run_id, "changed");
    },
  }),
  form({
    path: "/runs/:run_id/tags",
    fields: RunTagForm,
    access: edit.run,
    handle: async ({ sql }, { run_id, key, value }) => {
      checkKey(key, "key", "key");
      await logParamsAndTags(sql, run_id, [], [{ key, value: truncate(value, limits.runTagValue) }]);
      return runAddress(run_id);
    },
  }),
  form({
    path: "/runs/:run_id/tags/delete",
    fields: DeleteRunTagForm,
    access: edit.run,
    handle: async ({ sql }, { run_id, key }) => {
      await deleteTag(sql, run_id, key);
      return runAddress(run_id);
    },
  }),
  form({
    path: "/runs/:run_id/files/delete",
    fields: DeleteRunFileForm,
    access: remove.run,
    handle: async (services, { run_id, path: file, tab }) => {
      const place = await activeRunPlace(services, run_id);
      await removeFiles(services, place, artifactPath(file));
      const above = await folderLeft(place, file);
      return href(path`/runs/${run_id}`, { tab: tab === "overview" ? undefined : tab, path: above });
    },
  }),
  form({
    path: "/runs/:run_id/delete",
    fields: RunForm,
    access: remove.run,
    handle: async ({ sql, now }, { run_id }) => {
      await moveRun(sql, run_id, "deleted", now());
      return runAddress(run_id, "deleted");
    },
  }),
  form({
    path: "/runs/:run_id/restore",
    fields: RunForm,
    access: remove.run,
    handle: async ({ sql, now }, { run_id }) => {
      await moveRun(sql, run_id, "active", now());
      return runAddress(run_id, "restored");
    },
  }),
];

const runAddress = (run_id: string, done?: string): string => href(path`/runs/${run_id}`, { done });

/** The nearest folder above a file that still holds something; "" is all of them. */
async function folderLeft({ store, folder }: Pick<ArtifactPlace, "store" | "folder">, file: string): Promise<string> {
  const above = file.slice(0, Math.max(0, file.lastIndexOf("/")));
  if (above === "" || (await store.list(joinPaths(folder, above))).length > 0) return above;
  return await folderLeft({ store, folder }, above);
}

async function metricsOf(sql: Services["sql"], run: Run) {
  const curves = await metricCurves(sql, [run.info.run_id], "all", { axis: "step", width: sparkWidth });
  const byKey = new Map(curves.map((curve) => [curve.key, curve]));
  return (run.data.metrics ?? []).map((metric) => summarizeMetric(metric, byKey.get(metric.key)));
}

async function familyOf(sql: Services["sql"], run: Run) {
  const { run_id } = run.info;
  const parent_id = run.data.tags?.find((tag) => tag.key === "mlflow.parentRunId")?.value;
  const [parents, runs, counts] = await Promise.all([
    parent_id === undefined ? [] : relatedRuns(sql, [parent_id]),
    childRuns(sql, run_id, mostChildren),
    childCounts(sql, [run_id]),
  ]);
  return { parent: parents[0], children_of: { runs, total: counts.get(run_id) ?? 0 } };
}

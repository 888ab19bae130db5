import { ownHome } from "../../artifacts/stores.ts";
import {
  createExperiment,
  deleteExperimentTag,
  getExperiment,
  moveExperiment,
  renameExperiment,
  setExperimentTag,
} from "../../db/experiments.ts";
import { searchExperiments } from "../../db/experiment_search.ts";
import { totalsBelow } from "../../db/artifact_sizes.ts";
import { experimentActivity, runningRuns } from "../../db/run_lists.ts";
import type { Experiment, KeyValue } from "../../domain/entities.ts";
import { checkExperimentName, checkExperimentTag } from "../../domain/experiments.ts";
import { viewTypeOf } from "../../domain/list_view.ts";
import { create, edit, read, remove } from "../../domain/permissions.ts";
import { noteKey } from "../../domain/names.ts";
import { ExperimentsPage } from "../../views/experiments.tsx";
import { href, path } from "../../views/links.ts";
import {
  CreateExperimentForm,
  DeleteExperimentTagForm,
  EditExperimentForm,
  ExperimentForm,
  ExperimentsQuery,
  ExperimentTagForm,
} from "../../wire/pages.ts";
import { form, page } from "../page.tsx";
import { artifactRoot } from "../services.ts";

const pageSize = 100;

export const experimentPages = [
  page({
    path: "/experiments",
    query: ExperimentsQuery,
    access: read.experiment,
    show: async ({ sql, now, address }, view) => {
      const { experiments = [], next_page_token } = await searchExperiments(sql, {
        max_results: pageSize,
        view_type: viewTypeOf(view.view),
        order_by: [view.order_by === "name" ? "name ASC" : "last_update_time DESC"],
        filter: nameFilter(view.search),
        page_token: view.page_token,
      });
      const folders = new Map(experiments.flatMap(folderOf));
      const [activity, artifacts] = await Promise.all([
        experimentActivity(sql, experiments.map((experiment) => experiment.experiment_id)),
        totalsBelow(sql, [...folders.values()]),
      ]);
      const rows = await Promise.all(experiments.map(async (experiment) => {
        const { runs, last_start } = activity.get(experiment.experiment_id)!;
        return {
          experiment,
          active_runs: runs,
          running: await runningRuns(sql, experiment.experiment_id),
          last_activity: Math.max(last_start ?? 0, experiment.last_update_time),
          artifacts: artifacts.get(folders.get(experiment.experiment_id) ?? ""),
        };
      }));
      const whole = view.page_token === undefined && next_page_token === undefined;
      return (
        <ExperimentsPage
          view={view}
          experiments={rows}
          next_page_token={next_page_token}
          total={whole ? { kind: "exact", count: experiments.length } : { kind: "unknown" }}
          touched={view.touched[0] === undefined ? undefined : await getExperiment(sql, view.touched[0])}
          server={address}
          now={now()}
        />
      );
    },
  }),
  form({
    path: "/experiments",
    fields: CreateExperimentForm,
    access: create.experiment,
    handle: async ({ sql, now }, { name, description }) => {
      checkExperimentName(name);
      const experiment_id = await createExperiment(sql, { name, tags: noteTags(description) }, artifactRoot, now());
      return href(path`/experiments/${experiment_id}`);
    },
  }),
  form({
    path: "/experiments/:experiment_id/edit",
    fields: EditExperimentForm,
    access: edit.experiment,
    handle: async ({ sql, now }, { experiment_id, name, description }) => {
      checkExperimentName(name);
      await renameExperiment(sql, experiment_id, name, now());
      await setExperimentTag(sql, experiment_id, { key: noteKey, value: description }, now());
      return href(path`/experiments/${experiment_id}`);
    },
  }),
  form({
    path: "/experiments/:experiment_id/tags",
    fields: ExperimentTagForm,
    access: edit.experiment,
    handle: async ({ sql, now }, { experiment_id, key, value }) => {
      checkExperimentTag({ key, value });
      await setExperimentTag(sql, experiment_id, { key, value }, now());
      return href(path`/experiments`, { edit: experiment_id });
    },
  }),
  form({
    path: "/experiments/:experiment_id/tags/delete",
    fields: DeleteExperimentTagForm,
    access: edit.experiment,
    handle: async ({ sql, now }, { experiment_id, key }) => {
      await deleteExperimentTag(sql, experiment_id, key, now());
      return href(path`/experiments`, { edit: experiment_id });
    },
  }),
  form({
    path: "/experiments/:experiment_id/delete",
    fields: ExperimentForm,
    access: remove.experiment,
    handle: async ({ sql, now }, { experiment_id }) => {
      await moveExperiment(sql, experiment_id, "deleted", now());
      return href(path`/experiments`, { done: "deleted", touched: [experiment_id] });
    },
  }),
  form({
    path: "/experiments/:experiment_id/restore",
    fields: ExperimentForm,
    access: remove.experiment,
    handle: async ({ sql, now }, { experiment_id }) => {
      await moveExperiment(sql, experiment_id, "active", now());
      return href(path`/experiments/${experiment_id}`);
    },
  }),
];

/** Where an experiment's files are noted; nowhere if clients may store them past this server. */
function folderOf({ experiment_id, artifact_location }: Experiment): [experiment_id: string, folder: string][] {
  const path = /^mlflow-artifacts:(?:\/\/)?\/([^/?#][^?#]*)$/.exec(artifact_location)?.[1]?.replace(/\/+$/, "");
  return path ? [[experiment_id, ownHome + path]] : [];
}

/** MLflow's tag for a description. */
const noteTags = (description: string): KeyValue[] => description === "" ? [] : [{ key: noteKey, value: description }];

/** A filter for names that contain these words. What would have to be quoted in a pattern stands for any one character. */
const nameFilter = (search: string): string | undefined =>
  search === "" ? undefined : `name ILIKE '%${search.replace(/['"\\%]/g, "_")}%'`;

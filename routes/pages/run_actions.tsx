import { getExperiment, getExperimentByName, getExperiments } from "../../db/experiments.ts";
import { searchExperiments } from "../../db/experiment_search.ts";
import { getChange, noteChange, takeChange } from "../../db/run_changes.ts";
import { copyRunsTo } from "../../db/run_copy.ts";
import { renameRuns, revertTags, tagRuns, untagRuns } from "../../db/run_edits.ts";
import { countNested } from "../../db/run_family.ts";
import { experimentKeys } from "../../db/run_lists.ts";
import { moveRunsBack, moveRunsTo } from "../../db/run_move.ts";
import { chosenRuns, moveRuns } from "../../db/run_choice.ts";
import { type Sql, transaction } from "../../db/sql.ts";
import { ApiError } from "../../domain/errors.ts";
import { checkKey, limits, truncate } from "../../domain/names.ts";
import { edit, read, remove } from "../../domain/permissions.ts";
import { type NotedChange, runActs, type RunChange } from "../../domain/run_changes.ts";
import { viewQuery } from "../../domain/saved_views.ts";
import { RunActPage } from "../../views/run_actions.tsx";
import type { ChangeNoteProps } from "../../views/run_changes.tsx";
import { viewHref } from "../../views/saved_views.tsx";
import {
  MoveRunsForm,
  RenameRunsForm,
  RunActQuery,
  RunsForm,
  TagRunsForm,
  UndoForm,
  UntagRunsForm,
} from "../../wire/pages_actions.ts";
import { form, page, type PageRequest } from "../page.tsx";
import type { Services } from "../services.ts";

/** Experiments that are offered to move runs to: those that changed last. */
const mostOffered = 200;

export const runActionPages = [
  ...runActs.map((act) =>
    page({
      path: `/experiments/:experiment_id/runs/${act}`,
      query: RunActQuery,
      access: read.run,
      show: async ({ sql }, { experiment_id, runs, back }) => {
        const [experiment, chosen, nested, { tags }, { experiments = [] }] = await Promise.all([
          getExperiment(sql, experiment_id),
          chosenRuns(sql, runs),
          countNested(sql, runs),
          experimentKeys(sql, experiment_id),
          searchExperiments(sql, { max_results: mostOffered, order_by: ["last_update_time DESC"] }),
        ]);
        return (
          <RunActPage
            act={act}
            experiment={experiment}
            chosen={chosen}
            nested={nested}
            keys={tags}
            experiments={experiments.map(({ name }) => name)}
            back={back}
          />
        );
      },
    })
  ),
  ...(["delete", "restore"] as const).map((verb) =>
    form({
      path: `/experiments/:experiment_id/runs/${verb}`,
      fields: RunsForm,
      access: remove.run,
      handle: (services, fields) =>
        change(services, fields, (tx, now) => moveRuns(tx, fields.runs, verb === "delete" ? "deleted" : "active", now)),
    })
  ),
  form({
    path: "/experiments/:experiment_id/runs/tag",
    fields: TagRunsForm,
    access: edit.run,
    handle: (services, { key, value, ...fields }) => {
      checkKey(key, "key", "key");
      const tag = { key, value: truncate(value, limits.runTagValue) };
      return change(services, fields, (tx) => tagRuns(tx, fields.runs, tag));
    },
  }),
  form({
    path: "/experiments/:experiment_id/runs/untag",
    fields: UntagRunsForm,
    access: edit.run,
    handle: (services, { key, ...fields }) => change(services, fields, (tx) => untagRuns(tx, fields.runs, key)),
  }),
  form({
    path: "/experiments/:experiment_id/runs/rename",
    fields: RenameRunsForm,
    access: edit.run,
    handle: (services, { run_name, ...fields }) =>
      change(services, fields, (tx) => renameRuns(tx, fields.runs, run_name)),
  }),
  form({
    path: "/experiments/:experiment_id/runs/move",
    fields: MoveRunsForm,
    access: edit.run,
    handle: (services, { to, ...fields }) =>
      change(services, fields, async (tx) => moveRunsTo(tx, fields.runs, await experimentCalled(tx, to))),
  }),
  form({
    path: "/experiments/:experiment_id/runs/copy",
    fields: MoveRunsForm,
    access: edit.run,
    handle: (services, { to, ...fields }) =>
      change(services, fields, async (tx, now) => copyRunsTo(tx, fields.runs, await experimentCalled(tx, to), now)),
  }),
  form({
    path: "/experiments/:experiment_id/runs/undo",
    fields: UndoForm,
    access: edit.run,
    handle: async ({ sql, now }, fields) => {
      const change_id = await transaction(sql, async (tx) => {
        const noted = await takeChange(tx, fields.change, now());
        const opposite = await undo(tx, noted, now());
        return opposite ? await noteChange(tx, fields.experiment_id, opposite, now()) : noted.change_id;
      });
      return tableHref(fields, change_id);
    },
  }),
];

interface Chosen {
  experiment_id: string;
  runs: string[];
  back: string;
}

/** All of them or none, with a note of it. Answers the page that they were chosen on. */
async function change(
  { sql, now }: Pick<Services, "sql" | "now">,
  { experiment_id, back }: Chosen,
  work: (tx: Sql, now: number) => Promise<RunChange>,
): Promise<string> {
  const change_id = await transaction(sql, async (tx) => {
    await getExperiment(tx, experiment_id);
    return await noteChange(tx, experiment_id, await work(tx, now()), now());
  });
  return tableHref({ experiment_id, back }, change_id);
}

/** Answers what was done instead, where that can be undone in turn. */
async function undo(tx: Sql, { change }: NotedChange, now: number): Promise<RunChange | undefined> {
  switch (change.act) {
    case "moved":
      await moveRunsBack(tx, change);
      return;
    case "copied":
      await moveRuns(tx, change.copies, "deleted", now);
      return;
    case "deleted":
      return await moveRuns(tx, change.runs, "active", now);
    case "restored":
      return await moveRuns(tx, change.runs, "deleted", now);
    default:
      await revertTags(tx, change);
  }
}

/** The id of the experiment with this name, or else with this id. RESOURCE_DOES_NOT_EXIST when there is none. */
async function experimentCalled(tx: Sql, name: string): Promise<string> {
  try {
    return (await getExperimentByName(tx, name)).experiment_id;
  } catch (error) {
    if (!(error instanceof ApiError) || !/^\d+$/.test(name)) throw error;
    return (await getExperiment(tx, name)).experiment_id;
  }
}

/** The table as it was, with a note of what was done. The runs that it was done to are no longer selected. */
function tableHref({ experiment_id, back }: Pick<Chosen, "experiment_id" | "back">, change: string): string {
  return viewHref({ page: "runs", experiment_id, query: viewQuery(back) }, { change });
}

/** What the page of runs says of a change that was just done; undefined for one that nobody knows (any more). */
export async function changeNote(
  { sql }: PageRequest,
  change_id: string | undefined,
): Promise<ChangeNoteProps | undefined> {
  const noted = change_id === undefined ? undefined : await getChange(sql, change_id);
  if (noted === undefined) return undefined;
  const to = "to" in noted.change ? noted.change.to : undefined;
  const [target] = to === undefined ? [] : await getExperiments(sql, [to]);
  return { noted, target };
}

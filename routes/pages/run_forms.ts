import type { ArtifactPlace } from "../../artifacts/stores.ts";
import { deleteTag, getRunInfo, logParamsAndTags, moveRun, updateRun } from "../../db/runs.ts";
import { transaction } from "../../db/sql.ts";
import { artifactPath } from "../../domain/artifact_path.ts";
import { checkKey, limits, noteKey, truncate } from "../../domain/names.ts";
import { edit, remove } from "../../domain/permissions.ts";
import { href, path } from "../../views/links.ts";
import {
  DeleteRunFileForm,
  DeleteRunTagForm,
  DescribeRunForm,
  EditRunForm,
  RunForm,
  RunTagForm,
} from "../../wire/pages_run.ts";
import { activeRunPlace } from "../api/run_upload.ts";
import { joinPaths, removeFiles } from "../artifact_place.ts";
import { form } from "../page.tsx";

/** What is changed from the page of a run. */
export const runForms = [
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
    path: "/runs/:run_id/describe",
    fields: DescribeRunForm,
    access: edit.run,
    handle: async ({ sql }, { run_id, description }) => {
      await logParamsAndTags(sql, run_id, [], [{ key: noteKey, value: truncate(description, limits.runTagValue) }]);
      return runAddress(run_id, "changed");
    },
  }),
  form({
    path: "/runs/:run_id/stop",
    fields: RunForm,
    access: edit.run,
    handle: async ({ sql, now }, { run_id }) => {
      const { status } = await getRunInfo(sql, run_id);
      // It may have ended by itself since the page was made.
      if (status === "RUNNING" || status === "SCHEDULED") {
        await updateRun(sql, run_id, { status: "KILLED", end_time: now() });
      }
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

import { deleteModelAlias, setModelAlias } from "../../db/model_aliases.ts";
import { resolveSource } from "../../db/model_version_sources.ts";
import { createModelVersion } from "../../db/model_versions.ts";
import {
  deleteRegisteredModel,
  deleteRegisteredModelTag,
  renameRegisteredModel,
  setRegisteredModelTag,
  updateRegisteredModel,
} from "../../db/registered_models.ts";
import { getRunInfo } from "../../db/runs.ts";
import { approveRequest, cancelRequest, rejectRequest } from "../../db/transition_requests.ts";
import { invalid } from "../../domain/errors.ts";
import { runSource } from "../../domain/model_source.ts";
import { create, edit, remove } from "../../domain/permissions.ts";
import { filesUri } from "../../domain/version_source.ts";
import { href, path } from "../../views/links.ts";
import { modelHref, versionHref } from "../../views/model_parts.tsx";
import * as wire from "../../wire/pages_models.ts";
import { sendExample } from "../api/webhooks.ts";
import { form } from "../page.tsx";
import type { Services } from "../services.ts";
import { changeOf } from "./registry_forms.ts";

/** What the forms of a model's page do: the same as the API, by the same functions. */
export const modelForms = [
  form({
    path: "/models/:name/describe",
    fields: wire.DescribeModelForm,
    access: edit.registered_model,
    handle: async (request, { name, description, ...by }) => {
      await updateRegisteredModel(request.sql, name, { description }, changeOf(request, by));
      return modelHref(name, { done: "changed" });
    },
  }),
  form({
    path: "/models/:name/rename",
    fields: wire.RenameModelForm,
    access: edit.registered_model,
    handle: async (request, { name, new_name, ...by }) => {
      await renameRegisteredModel(request.sql, name, new_name, changeOf(request, by));
      return modelHref(new_name, { done: "changed" });
    },
  }),
  form({
    path: "/models/:name/delete",
    fields: wire.DeleteModelForm,
    access: remove.registered_model,
    handle: async (request, { name, typed, ...by }) => {
      if (typed.trim() !== name.trim()) return modelHref(name, { confirm: "delete", wrong: true });
      await deleteRegisteredModel(request.sql, name, changeOf(request, by));
      return href(path`/models`, { done: "deleted", touched: name });
    },
  }),
  form({
    path: "/models/:name/tags",
    fields: wire.ModelTagForm,
    access: edit.registered_model,
    handle: async (request, { name, key, value, ...by }) => {
      await setRegisteredModelTag(request.sql, name, { key, value }, changeOf(request, by));
      return modelHref(name);
    },
  }),
  form({
    path: "/models/:name/tags/delete",
    fields: wire.DeleteModelTagForm,
    access: edit.registered_model,
    handle: async (request, { name, key, ...by }) => {
      await deleteRegisteredModelTag(request.sql, name, key, changeOf(request, by));
      return modelHref(name);
    },
  }),
  form({
    path: "/models/:name/aliases",
    fields: wire.ModelAliasForm,
    access: edit.registered_model,
    handle: async (request, { name, alias, version, ...by }) => {
      if (alias === "") throw invalid("Missing value for required parameter 'alias'.");
      await setModelAlias(request.sql, { name, alias, version }, changeOf(request, by));
      return modelHref(name);
    },
  }),
  form({
    path: "/models/:name/aliases/delete",
    fields: wire.DeleteModelAliasForm,
    access: edit.registered_model,
    handle: async (request, { name, alias, ...by }) => {
      await deleteModelAlias(request.sql, name, alias, changeOf(request, by));
      return modelHref(name);
    },
  }),
  form({
    path: "/models/:name/versions",
    fields: wire.RegisterForm,
    access: create.model_version,
    handle: async (request, { name, from, description, ...by }) => {
      const change = changeOf(request, by);
      const origin = await resolveSource(request.sql, await askedSource(request.sql, from));
      const added = { name, description, tags: [], run_link: "", ...origin };
      const { version } = await createModelVersion(request.sql, added, change);
      return versionHref(name, version, { done: "created" });
    },
  }),
  form({
    path: "/models/:name/requests/:request_id",
    fields: wire.DecideForm,
    access: edit.model_version,
    handle: async (request, { name, request_id, verdict, archive, ...by }) => {
      const change = changeOf(request, by);
      const { sql } = request;
      if (verdict === "approve") await approveRequest(sql, request_id, change, archive);
      if (verdict === "reject") await rejectRequest(sql, request_id, change);
      if (verdict === "cancel") await cancelRequest(sql, request_id, change);
      const done = ({ approve: "approved", reject: "rejected", cancel: "cancelled" } as const)[verdict];
      return modelHref(name, { done });
    },
  }),
  form({
    path: "/models/:name/webhooks/:webhook_id/test",
    fields: wire.TestWebhookForm,
    access: edit.server,
    handle: async (request, { name, webhook_id }) => {
      const { status = 0 } = await sendExample(request, webhook_id, undefined);
      return modelHref(name, { tab: "webhooks", webhook: webhook_id, status });
    },
  }),
];

/** What people call the origin of a version: `m-…`, `models:/…`, a run with a path, or any other URI. */
async function askedSource(sql: Services["sql"], from: string) {
  const bare = from.replace(/^models:\//, "");
  if (/^m-[0-9a-f]{32}$/.test(bare)) return { source: `models:/${bare}`, model_id: bare };
  const source = /^[0-9a-f]{32}(\/|$)/.test(from) ? `runs:/${from}` : from;
  const run = runSource(source);
  if (!run) {
    if (/^models:\//.test(source)) return { source };
    throw invalid(
      `Nothing can be registered from '${from}': give the id of a logged model (m-…), <run id>/<path of the model>, ` +
        "or another version as models:/<name>/<version>.",
    );
  }
  // As MLflow's client does, which names the place itself.
  const { artifact_uri } = await getRunInfo(sql, run.run_id);
  return { source: filesUri(source, artifact_uri), run_id: run.run_id };
}

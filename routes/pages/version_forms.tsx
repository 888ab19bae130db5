import { setModelAlias } from "../../db/model_aliases.ts";
import {
  deleteModelVersion,
  deleteModelVersionTag,
  setModelVersionTag,
  transitionModelVersion,
  updateModelVersion,
} from "../../db/model_versions.ts";
import { requestTransition } from "../../db/transition_requests.ts";
import { invalid } from "../../domain/errors.ts";
import { edit, remove } from "../../domain/permissions.ts";
import { parseStage } from "../../domain/registry.ts";
import { modelHref, versionHref } from "../../views/model_parts.tsx";
import * as wire from "../../wire/pages_models.ts";
import { form } from "../page.tsx";
import { changeOf } from "./registry_forms.ts";

/** What the forms of a version's page do: the same as the API, by the same functions. */
export const versionForms = [
  form({
    path: "/models/:name/versions/:version/stage",
    fields: wire.StageForm,
    access: edit.model_version,
    handle: async (request, { name, version, stage, archive, ask, ...by }) => {
      // The box stands there for every stage, but only those that serve people are cleared.
      const archive_existing_versions = archive && ["Staging", "Production"].includes(parseStage(stage));
      const asked = { name, version, stage, archive_existing_versions };
      const change = changeOf(request, by);
      if (ask) await requestTransition(request.sql, asked, change);
      else await transitionModelVersion(request.sql, asked, change);
      return versionHref(name, version, { done: ask ? "asked" : "changed" });
    },
  }),
  form({
    path: "/models/:name/versions/:version/alias",
    fields: wire.VersionAliasForm,
    access: edit.registered_model,
    handle: async (request, { name, version, alias, ask, ...by }) => {
      if (alias === "") throw invalid("Missing value for required parameter 'alias'.");
      const change = changeOf(request, by);
      const asked = { name, version, alias };
      if (ask) await requestTransition(request.sql, { ...asked, archive_existing_versions: false }, change);
      else await setModelAlias(request.sql, asked, change);
      return versionHref(name, version, { done: ask ? "asked" : "changed" });
    },
  }),
  form({
    path: "/models/:name/versions/:version/describe",
    fields: wire.DescribeVersionForm,
    access: edit.model_version,
    handle: async (request, { name, version, description, ...by }) => {
      await updateModelVersion(request.sql, { name, version, description }, changeOf(request, by));
      return versionHref(name, version, { done: "changed" });
    },
  }),
  form({
    path: "/models/:name/versions/:version/delete",
    fields: wire.DeleteVersionForm,
    access: remove.model_version,
    handle: async (request, { name, version, typed, ...by }) => {
      if (typed.trim() !== version) return versionHref(name, version, { wrong: true });
      await deleteModelVersion(request.sql, name, version, changeOf(request, by));
      return modelHref(name, { done: "deleted" });
    },
  }),
  form({
    path: "/models/:name/versions/:version/tags",
    fields: wire.VersionTagForm,
    access: edit.model_version,
    handle: async (request, { name, version, key, value, ...by }) => {
      await setModelVersionTag(request.sql, { name, version, key, value }, changeOf(request, by));
      return versionHref(name, version);
    },
  }),
  form({
    path: "/models/:name/versions/:version/tags/delete",
    fields: wire.DeleteVersionTagForm,
    access: edit.model_version,
    handle: async (request, { name, version, key, ...by }) => {
      await deleteModelVersionTag(request.sql, { name, version, key }, changeOf(request, by));
      return versionHref(name, version);
    },
  }),
];

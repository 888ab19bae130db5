import { registryHistory } from "../../db/audit.ts";
import { read } from "../../domain/permissions.ts";
import { versionNumber } from "../../domain/registry.ts";
import { checkRegistryMaxResults } from "../../domain/search_limits.ts";
import { HistoryPage, RegistryHistory } from "../../wire/registered_models.ts";
import { endpoint } from "../endpoint.ts";

const mostEntries = 1000;

export const registryHistoryEndpoints = [
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "registered-models/history",
    summary: "Answers who changed a registered model or one of its versions, when and why, newest first, page by page.",
    input: RegistryHistory,
    output: HistoryPage,
    access: read.registered_model,
    handle: async ({ sql }, { name, version, ...page }) => {
      checkRegistryMaxResults(page.max_results, 1, mostEntries);
      return await registryHistory(sql, {
        ...page,
        name,
        ...(version && { version: versionNumber(name, version) }),
      });
    },
  }),
];

import { listBin, restoreFromBin } from "../../db/bin.ts";
import { planPurge } from "../../db/purge_plan.ts";
import { cancelPurge, getPurge, listPurges, purgeItems } from "../../db/purges.ts";
import { invalid } from "../../domain/errors.ts";
import { isEmptyAsk } from "../../domain/purges.ts";
import { read, remove } from "../../domain/permissions.ts";
import { checkRegistryMaxResults } from "../../domain/search_limits.ts";
import { Nothing } from "../../wire/answers.ts";
import * as wire from "../../wire/purges.ts";
import { askPurge, purgeScope } from "../asked_purge.ts";
import { endpoint } from "../endpoint.ts";

const mostItems = 1000;
const mostOnPage = 1000;

export const purgeEndpoints = [
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "purges",
    summary: "Removes what is in the bin for good, rows and files, after the answer.",
    input: wire.PurgeRequest,
    output: wire.AskedPurge,
    access: remove.server,
    handle: async (services, { dry_run, force, ...request }) => {
      const scope = await purgeScope(services, request);
      if (dry_run) return { plan: await planPurge(services.sql, scope, force) };
      return { purge: await askPurge(services, scope, force) };
    },
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "purges",
    summary: "Lists purges, newest first, page by page.",
    input: wire.PageRequest,
    output: wire.Purges,
    access: read.server,
    handle: async ({ sql }, page) => {
      checkRegistryMaxResults(page.max_results, 1, mostOnPage);
      return await listPurges(sql, page);
    },
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "purges/{purge_id}",
    summary: "Answers how far a purge is, and what it keeps and why.",
    input: wire.PurgeById,
    output: wire.PurgeWithItems,
    access: read.server,
    handle: async ({ sql }, { purge_id }) => ({
      purge: await getPurge(sql, purge_id),
      items: await purgeItems(sql, purge_id, mostItems),
    }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "purges/{purge_id}/cancel",
    summary: "Ends a purge after what it is removing now; the rest stays in the bin.",
    input: wire.PurgeById,
    output: wire.OnePurge,
    access: remove.server,
    handle: async ({ sql }, { purge_id }) => ({ purge: await cancelPurge(sql, purge_id) }),
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "bin",
    summary: "Lists what is in the bin, deleted last first, page by page.",
    input: wire.PageRequest,
    output: wire.Bin,
    access: read.server,
    handle: async ({ sql, binDays }, page) => {
      checkRegistryMaxResults(page.max_results, 1, mostOnPage);
      return { ...await listBin(sql, { ...page, binDays }), ...(binDays !== undefined && { bin_days: binDays }) };
    },
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "bin/restore",
    summary: "Takes experiments, runs and logged models out of the bin, all of them or none.",
    input: wire.RestoreRequest,
    output: Nothing,
    access: remove.server,
    handle: async ({ sql, now }, ids) => {
      if (isEmptyAsk(ids)) throw invalid("Name what to restore: 'experiment_ids', 'run_ids' or 'logged_model_ids'.");
      await restoreFromBin(sql, ids, now());
    },
  }),
];

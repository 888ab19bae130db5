import { cancelSweep, getSweep, listSweeps } from "../../db/sweeps.ts";
import { sweepTrials } from "../../db/sweep_trials.ts";
import { wireDouble } from "../../domain/json.ts";
import { edit, execute, read } from "../../domain/permissions.ts";
import { shownAsked } from "../../domain/projects/shown.ts";
import { checkRegistryMaxResults } from "../../domain/search_limits.ts";
import * as wire from "../../wire/sweeps.ts";
import { askSweep } from "../asked_sweep.ts";
import { endpoint } from "../endpoint.ts";

const mostOnPage = 1000;

export const sweepEndpoints = [
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "sweeps",
    summary: "Begins a sweep: runs of a project, children of one run, with values that a method looks for.",
    input: wire.CreateSweep,
    output: wire.OneSweep,
    access: execute.job,
    handle: async (services, asked) => ({ sweep: shownAsked(await askSweep(services, asked)) }),
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "sweeps",
    summary: "Lists sweeps, newest first, page by page.",
    input: wire.ListSweeps,
    output: wire.Sweeps,
    access: read.job,
    handle: async ({ sql }, page) => {
      checkRegistryMaxResults(page.max_results, 1, mostOnPage);
      const { sweeps, ...next } = await listSweeps(sql, page);
      return { ...next, sweeps: sweeps.map(shownAsked) };
    },
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "sweeps/{sweep_id}",
    summary: "Answers a sweep and its trials.",
    input: wire.SweepById,
    output: wire.SweepWithTrials,
    access: read.job,
    handle: async ({ sql }, { sweep_id }) => {
      const sweep = await getSweep(sql, sweep_id);
      const trials = (await sweepTrials(sql, sweep)).map(({ value, ...trial }) => ({
        ...trial,
        ...(value !== undefined && { value: wireDouble(value) }),
      }));
      return { sweep: shownAsked(sweep), trials };
    },
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "sweeps/{sweep_id}/cancel",
    summary: "Ends a sweep, with the trials that wait or run.",
    input: wire.SweepById,
    output: wire.OneSweep,
    access: edit.job,
    handle: async ({ sql }, { sweep_id }) => ({ sweep: shownAsked(await cancelSweep(sql, sweep_id)) }),
  }),
];

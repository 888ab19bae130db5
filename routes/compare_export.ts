import { stringify } from "csv-stringify/sync";
import type { Hono } from "hono";
import { compress } from "hono/compress";
import { attachment } from "../domain/attachment.ts";
import { comparisonOf } from "../domain/comparison.ts";
import { comparisonCells, comparisonJson, comparisonMarkdown } from "../domain/comparison_export.ts";
import { invalid } from "../domain/errors.ts";
import { read } from "../domain/permissions.ts";
import { href, path, serverAddress } from "../views/links.ts";
import { parseMessage, queryInput } from "../wire/message.ts";
import { type ComparisonFormat, ExportComparisonQuery } from "../wire/pages_compare.ts";
import { CompareQuery } from "../wire/pages_run.ts";
import { gatheredRuns, mostCompared } from "./comparison.ts";
import { inertHeaders } from "./download.ts";
import { authorize } from "./caller.ts";
import type { Services } from "./services.ts";

const types: Record<ComparisonFormat, string> = {
  csv: "text/csv; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  json: "application/json",
};

/** Serves a comparison as a file: the rows that its page shows, for the same address. */
export function mountComparisonExport(app: Hono, services: Services): void {
  app.use("/compare/export", compress());
  app.get("/compare/export", async (context) => {
    authorize(read.run, context);
    const url = new URL(context.req.url);
    const query = queryInput(CompareQuery, url.searchParams);
    const { format } = parseMessage(
      ExportComparisonQuery,
      queryInput(ExportComparisonQuery, url.searchParams, "first"),
    );
    const view = parseMessage(CompareQuery, query);
    const gathered = await gatheredRuns(services, { ...view, runs: view.runs.slice(0, mostCompared) });
    const { runs } = gathered;
    if (runs.length === 0) {
      throw invalid("Invalid value for parameter 'runs' supplied: expected the ids of runs that there are.");
    }
    const found = comparisonOf(runs, gathered);
    const address = serverAddress(url.origin);
    const linkTo = (run_id: string): string => new URL(href(path`/runs/${run_id}`), address).href;
    const text = {
      csv: () => stringify(comparisonCells(found, runs, view.only)),
      md: () => comparisonMarkdown(found, runs, view.only, linkTo),
      json: () => `${JSON.stringify(comparisonJson(found, runs, view.only), null, 2)}\n`,
    }[format]();
    return new Response(text, {
      headers: {
        ...inertHeaders,
        "content-type": types[format],
        "content-disposition": attachment(`comparison of ${runs.length} runs.${format}`),
      },
    });
  });
}

import type { Context, Hono } from "hono";
import { compress } from "hono/compress";
import { getExperiment } from "../../db/experiments.ts";
import { type ExportedRuns, exportKeys, exportRuns } from "../../db/run_export.ts";
import { attachment } from "../../domain/attachment.ts";
import type { Run } from "../../domain/entities.ts";
import { invalid } from "../../domain/errors.ts";
import { viewTypeOf } from "../../domain/list_view.ts";
import { read } from "../../domain/permissions.ts";
import { allColumns, chosenColumns, type ExportColumn } from "../../domain/run_export.ts";
import { parseMessage, queryInput } from "../../wire/message.ts";
import { ExportRuns } from "../../wire/run_export.ts";
import { inertHeaders } from "../download.ts";
import { authorize } from "../caller.ts";
import { exporters } from "../run_export.ts";
import type { Services } from "../services.ts";

/** Of metrics, of params and of tags. A table with more columns than that is of use to nobody, and takes the memory of many. */
const mostKeys = 3000;

/** Serves runs of an experiment as a file. */
export function mountRunExport(app: Hono, { sql, log }: Services): void {
  const path = "/experiments/:experiment_id/export";
  app.use(path, compress());
  app.get(path, async (context) => {
    authorize(read.run, context);
    const { experiment_id, format, columns: names, ...asked } = parseAsked(context);
    const experiment = await getExperiment(sql, experiment_id);
    const exported = exportedRuns(experiment.experiment_id, asked);
    const columns = names.length > 0 ? chosenColumns(names) : await everyColumn(sql, exported);
    const { write, type, ending } = exporters[format];
    const headers = {
      ...inertHeaders,
      "content-type": type,
      "content-disposition": attachment(
        `${experiment.name.replaceAll("/", "-").slice(0, 100).toWellFormed()}.${ending}`,
      ),
    };
    // The first runs before the headers: what is wrong with the filter or the order is an error and no file.
    const batches = exportRuns(sql, exported);
    const first = await batches.next();
    if (context.req.raw.method === "HEAD") return new Response(null, { headers });
    const bytes = write(columns, from(first, batches));
    return new Response(streamed(bytes, (error) => log("error", `An export ended: ${error}`)), { headers });
  });
}

function parseAsked(context: Context) {
  const query = queryInput(ExportRuns, new URL(context.req.url).searchParams, "first");
  const asked = parseMessage(ExportRuns, { ...query, ...context.req.param() });
  return { ...asked, columns: asked.columns.flatMap((names) => names.split(",")).filter((name) => name !== "") };
}

type Asked = Pick<typeof ExportRuns._zod.output, "filter" | "order_by" | "view" | "runs">;

const exportedRuns = (experiment_id: string, { filter, order_by, view, runs }: Asked): ExportedRuns => ({
  experiment_id,
  filter,
  run_view_type: viewTypeOf(view),
  order_by: order_by === "" ? [] : [order_by],
  ...(runs.length > 0 && { run_ids: runs }),
});

async function everyColumn(sql: Services["sql"], exported: ExportedRuns): Promise<ExportColumn[]> {
  const keys = await exportKeys(sql, exported, mostKeys + 1);
  const widest = Math.max(keys.metrics.length, keys.params.length, keys.tags.length);
  if (widest <= mostKeys) return allColumns(keys);
  throw invalid(
    `These runs have more than ${mostKeys} metrics, params or tags. Name the ones to export in the parameter 'columns'.`,
  );
}

async function* from(first: IteratorResult<Run[]>, rest: AsyncGenerator<Run[]>): AsyncGenerator<Run[]> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/** Bytes as they are asked for. What fails breaks the stream off, so that what arrived is never taken for the whole. */
function streamed(bytes: AsyncGenerator<Uint8Array>, failed: (error: unknown) => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await bytes.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        failed(error);
        controller.error(error);
      }
    },
    async cancel() {
      await bytes.return(undefined);
    },
  }, { highWaterMark: 0 });
}

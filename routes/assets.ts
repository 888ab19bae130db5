import type { Hono } from "hono";
import htmx from "htmx.org/dist/htmx.min.js" with { type: "text" };
import chartConfig from "../static/chart_config.js" with { type: "text" };
import chartExport from "../static/chart_export.js" with { type: "text" };
import chartFetch from "../static/chart_fetch.js" with { type: "text" };
import chartKeys from "../static/chart_keys.js" with { type: "text" };
import chartNote from "../static/chart_note.js" with { type: "text" };
import charts from "../static/charts.js" with { type: "text" };
import chartsPage from "../static/charts_page.js" with { type: "text" };
import columns from "../static/columns.js" with { type: "text" };
import compare from "../static/compare.js" with { type: "text" };
import compareImages from "../static/compare_images.js" with { type: "text" };
import complete from "../static/complete.js" with { type: "text" };
import curve from "../static/curve.js" with { type: "text" };
import droppedFiles from "../static/dropped_files.js" with { type: "text" };
import fileKeys from "../static/files.js" with { type: "text" };
import jump from "../static/jump.js" with { type: "text" };
import launch from "../static/launch.js" with { type: "text" };
import livePage from "../static/live_page.js" with { type: "text" };
import plotsAxes from "../static/plots/axes.js" with { type: "text" };
import plotsBrush from "../static/plots/brush.js" with { type: "text" };
import plotsBrushKeys from "../static/plots/brush_keys.js" with { type: "text" };
import plotsHover from "../static/plots/hover.js" with { type: "text" };
import plots from "../static/plots/plots.js" with { type: "text" };
import plotsPlace from "../static/plots/place.js" with { type: "text" };
import readout from "../static/readout.js" with { type: "text" };
import registry from "../static/registry.js" with { type: "text" };
import run from "../static/run.js" with { type: "text" };
import runLog from "../static/run_log.js" with { type: "text" };
import runs from "../static/runs.js" with { type: "text" };
import selection from "../static/selection.js" with { type: "text" };
import savedViews from "../static/saved_views.js" with { type: "text" };
import ticks from "../static/ticks.js" with { type: "text" };
import upload from "../static/upload.js" with { type: "text" };
import weir from "../static/weir.js" with { type: "text" };
import icon from "../static/weir.svg" with { type: "text" };
import { type Coding, codingFor, compressed } from "./middleware/compression.ts";
import { stylesheet } from "./stylesheet.ts";

/** The static files of the pages by name, and one version for all of them: they import each other by relative address. */
export interface Assets {
  version: string;
  files: ReadonlyMap<string, Asset>;
}

interface Asset {
  type: string;
  body: Uint8Array<ArrayBuffer>;
  /** By content coding; made when first asked for. */
  compressed: Map<Coding, Promise<Uint8Array<ArrayBuffer>>>;
}

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

export async function loadAssets(): Promise<Assets> {
  const texts: Record<string, string> = {
    "chart_config.js": chartConfig,
    "chart_export.js": chartExport,
    "chart_fetch.js": chartFetch,
    "chart_keys.js": chartKeys,
    "chart_note.js": chartNote,
    "charts.js": charts,
    "charts_page.js": chartsPage,
    "columns.js": columns,
    "compare.js": compare,
    "compare_images.js": compareImages,
    "complete.js": complete,
    "curve.js": curve,
    "dropped_files.js": droppedFiles,
    "files.js": fileKeys,
    "jump.js": jump,
    "launch.js": launch,
    "live_page.js": livePage,
    "plots/axes.js": plotsAxes,
    "plots/brush.js": plotsBrush,
    "plots/brush_keys.js": plotsBrushKeys,
    "plots/hover.js": plotsHover,
    "plots/place.js": plotsPlace,
    "plots/plots.js": plots,
    "readout.js": readout,
    "registry.js": registry,
    "run.js": run,
    "run_log.js": runLog,
    "runs.js": runs,
    "saved_views.js": savedViews,
    "selection.js": selection,
    "ticks.js": ticks,
    "upload.js": upload,
    "vendor/chart.js": await chartJs(),
    "vendor/htmx.js": htmx,
    "weir.css": stylesheet,
    "weir.js": weir,
    "weir.svg": icon,
  };
  const encoder = new TextEncoder();
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(Object.values(texts).join("\0")));
  const files = Object.entries(texts).map(([name, text]): [string, Asset] => [
    name,
    {
      type: types[name.slice(name.lastIndexOf(".") + 1)]!,
      body: encoder.encode(name.startsWith("vendor/") ? text : withoutComments(text)),
      compressed: new Map(),
    },
  ]);
  return { version: new Uint8Array(digest).toHex().slice(0, 12), files: new Map(files) };
}

/** A quarter of our modules are comments on lines of their own. */
export const withoutComments = (text: string): string =>
  text.replaceAll(/^[ \t]*(?:\/\/.*|\/\*(?:(?!\*\/)[^])*\*\/[ \t]*)\n/gm, "");

/** The package exports only its modules; the file for browsers lies beside them, once the module has been downloaded. */
async function chartJs(): Promise<string> {
  await import("chart.js");
  const file = new URL("./chart.umd.min.js", import.meta.resolve("chart.js"));
  return await (await fetch(file)).text();
}

/** Serves the files under an address that changes with them, so that browsers keep them for ever. */
export function mountAssets(app: Hono, { files }: Assets): void {
  app.get("/static/:version/*", async (context) => {
    const name = context.req.path.split("/").slice(3).join("/");
    const asset = files.get(name);
    if (!asset) return context.notFound();
    const coding = codingFor(context);
    return new Response(coding ? await compressedOnce(asset, coding) : asset.body, {
      headers: {
        "content-type": asset.type,
        "cache-control": "public, max-age=31536000, immutable",
        vary: "accept-encoding",
        ...(coding && { "content-encoding": coding }),
      },
    });
  });
}

async function compressedOnce(asset: Asset, coding: Coding): Promise<Uint8Array<ArrayBuffer>> {
  const made = asset.compressed.get(coding) ?? compressed(asset.body, coding, 9);
  asset.compressed.set(coding, made);
  return await made;
}

// deno-lint-ignore-file no-console -- it talks to people
import { Command, InvalidArgumentError } from "commander";
import { type WeirClient, weirClient } from "../client/weir.ts";
import { bytes as sized, counted } from "../domain/format.ts";
import { parseTimeSpan } from "../domain/time_span.ts";
import type { Purge, PurgeItem } from "../domain/purges.ts";
import { reached, Refused, trackingUri } from "./server.ts";

interface Options {
  olderThan?: number;
  runIds: string[];
  experimentIds: string[];
  loggedModelIds: string[];
  dryRun?: boolean;
  force?: boolean;
  trackingUri: string;
}

/** Milliseconds between two looks at how far a purge is. */
const pause = 500;

/** Exits with 1 where something could not be removed. */
export const gc = new Command("gc")
  .description("Removes deleted runs, experiments and logged models for good, with their files.")
  .option("--older-than <span>", "only what was deleted so long ago, such as 30d or 1d12h", timeSpan)
  .option("--run-ids <ids>", "only these, separated by commas", ids, [])
  .option("--experiment-ids <ids>", "only these, with all that is in them", ids, [])
  .option("--logged-model-ids <ids>", "only these", ids, [])
  .option("--dry-run", "say what would be removed, and remove nothing")
  .option("--force", "remove even what versions of registered models need")
  .addOption(trackingUri())
  .action(async ({ trackingUri, dryRun = false, force = false, olderThan, ...some }: Options) => {
    const client = weirClient(trackingUri);
    const asked = { experiment_ids: some.experimentIds, run_ids: some.runIds, logged_model_ids: some.loggedModelIds };
    const all = Object.values(asked).every((list) => list.length === 0);
    const { plan, purge } = await reached(trackingUri, () =>
      client("POST /api/weir/1/purges", {
        ...asked,
        all,
        force,
        dry_run: dryRun,
        ...(olderThan !== undefined && { older_than_ms: olderThan }),
      }));
    if (plan) {
      const { experiments, runs, logged_models, files, bytes, kept, items } = plan;
      const what = [
        counted(experiments, "experiment"),
        counted(runs, "run"),
        counted(logged_models, "logged model"),
        `${counted(files, "file")} of ${sized(bytes)}`,
      ];
      console.log(`Would remove ${what.join(", ")}, and keep ${kept}.`);
      return items.forEach(tell);
    }
    if (!purge) throw new Refused(`${trackingUri} answered neither a plan nor a purge.`);
    await follow(client, purge);
  });

function timeSpan(text: string): number {
  const span = parseTimeSpan(text);
  if (span === undefined) throw new InvalidArgumentError("It must be days, hours, minutes, seconds, such as 1d12h.");
  return span;
}

function ids(text: string, before: string[]): string[] {
  return [...before, ...text.split(",").map((id) => id.trim()).filter((id) => id !== "")];
}

/** Shows how a purge goes on to its end. Whoever breaks off only stops to watch. */
async function follow(client: WeirClient, { purge_id }: Purge): Promise<void> {
  for (;;) {
    const { purge, items } = await client("GET /api/weir/1/purges/{purge_id}", { purge_id });
    if (purge.ended_time === undefined) {
      watch(`${purge.done} of ${purge.total ?? "?"}, ${sized(purge.bytes)}${purge.error ? `; ${purge.error}` : ""}`);
      await new Promise((done) => setTimeout(done, pause));
      continue;
    }
    watch("");
    items.forEach(tell);
    console.log(
      `Removed ${counted(purge.done, "thing")} with ${counted(purge.files, "file")} of ${sized(purge.bytes)}, ` +
        `kept ${purge.kept}.`,
    );
    if (purge.state !== "done") throw new Refused(`The purge ${purge.state}${purge.error ? `: ${purge.error}` : "."}`);
    return;
  }
}

const tell = ({ kind, name, id, state, reason }: Pick<PurgeItem, "kind" | "name" | "id" | "state" | "reason">): void =>
  console.log(`${kind.replace("_", " ")} ${name} (${id}) ${state === "kept" ? "kept: " : ""}${reason}`);

/** On one line that is written over, where somebody watches. */
function watch(text: string): void {
  if (!Deno.stderr.isTerminal()) return;
  Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
}

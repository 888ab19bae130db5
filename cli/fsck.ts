// deno-lint-ignore-file no-console -- it talks to people
import { Command } from "commander";
import { z } from "zod";
import type { CheckSummary, Finding } from "../domain/artifact_check.ts";
import { bytes as sized, counted } from "../domain/format.ts";
import { ask, Refused, trackingUri } from "./server.ts";

const Summary: z.ZodType<CheckSummary> = z.object({
  files: z.number(),
  bytes: z.number(),
  not_recorded: z.number(),
  missing: z.number(),
  other_size: z.number(),
  no_owner: z.number(),
  repaired: z.number(),
  unfinished_removed: z.number(),
});
const Found: z.ZodType<Finding> = z.object({
  finding: z.enum(["not_recorded", "missing", "other_size", "no_owner"]),
  uri: z.string(),
  size: z.number().nullable(),
  recorded_size: z.number().nullable(),
});
const Step = z.union([
  z.object({ finding: Found }),
  z.object({ progress: Summary }),
  z.object({ summary: Summary }),
  z.object({ error: z.object({ message: z.string() }) }),
]);

/** Exits with 1 where something is wrong and was not repaired. */
export const fsck = new Command("fsck")
  .description("Lists artifacts that the server has not recorded, and recorded ones that its store does not have.")
  .option("--repair", "make the records follow the store; no file is removed, but what unfinished uploads left is")
  .addOption(trackingUri())
  .action(async ({ repair = false, trackingUri }: { repair?: boolean; trackingUri: string }) => {
    const summary = await check(trackingUri, repair);
    console.log(report(summary, repair));
    const wrong = summary.not_recorded + summary.missing + summary.other_size;
    if (wrong > summary.repaired || summary.no_owner > 0) Deno.exit(1);
  });

async function check(server: string, repair: boolean): Promise<CheckSummary> {
  const { body } = await ask(server, `/api/weir/1/artifacts/check?repair=${repair}`, { method: "POST" });
  let text = "";
  for await (const piece of (body ?? new Blob().stream()).pipeThrough(new TextDecoderStream())) {
    const lines = (text + piece).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const step = Step.parse(JSON.parse(line));
      if ("summary" in step) return step.summary;
      if ("error" in step) throw new Refused(`The check ended early: ${step.error.message}`);
      if ("finding" in step) console.log(sentence(step.finding));
      else tell(step.progress);
    }
  }
  throw new Refused("The check ended early: the server broke off.");
}

const sentences: Readonly<Record<Finding["finding"], (finding: Finding) => string>> = {
  not_recorded: ({ size }) => `not recorded, ${sized(size ?? 0)}`,
  missing: ({ recorded_size }) => `missing, recorded with ${sized(recorded_size ?? 0)}`,
  other_size: ({ size, recorded_size }) => `${size} bytes, recorded with ${recorded_size}`,
  no_owner: ({ size }) => `of no run, model or trace that is there, ${sized(size ?? 0)}`,
};

const sentence = (finding: Finding): string => `${finding.uri}: ${sentences[finding.finding](finding)}`;

/** On one line that is written over, where somebody watches. */
function tell({ files, bytes }: CheckSummary): void {
  if (!Deno.stderr.isTerminal()) return;
  Deno.stderr.writeSync(new TextEncoder().encode(`\r${counted(files, "file")}, ${sized(bytes)} `));
}

function report(summary: CheckSummary, repair: boolean): string {
  const { files, bytes, not_recorded, missing, other_size, no_owner, repaired, unfinished_removed } = summary;
  const kinds = [
    `${not_recorded} not recorded`,
    `${missing} missing`,
    `${other_size} of another size`,
    `${no_owner} without an owner`,
  ];
  return `${counted(files, "file")}, ${sized(bytes)}: ${kinds.join(", ")}.` +
    (repair ? ` Repaired ${repaired}, removed ${unfinished_removed} unfinished uploads.` : "");
}

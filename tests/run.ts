// deno-lint-ignore-file no-console -- it prints
/**
 * `deno task test [deno test arguments]`: starts the Postgres that the tests share, runs them, and ends with one plain line,
 * `N passed, N failed`. Python, Java, Chromium and an S3 server are looked for by the tests that need them: without CI=true a missing one
 * skips its tests with a sentence, with it they fail. What takes too long for every run lies in tests/heavy: `deno task test:all`.
 */
import { startPostgres } from "../runners/postgres.ts";
import { testDataFolder } from "./database.ts";

const postgres = Deno.env.get("WEIR_TEST_DATABASE_URL")
  ? undefined
  : await startPostgres({ dataDir: await testDataFolder() });

/** Postgres numbers the transactions of all databases together: what tests what came since one wants nobody beside it. */
const alone = ["tests/api/live_test.ts"];
const parts = Deno.args.length > 0
  ? [Deno.args]
  : [["--parallel", `--ignore=tests/heavy/,${alone.join()}`, "tests/"], alone];

let passed = 0;
let failed = 0;
for (const part of parts) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...part],
    cwd: new URL("../", import.meta.url),
    env: { NO_COLOR: "1", ...(postgres && { WEIR_TEST_DATABASE_URL: postgres.url }) },
    stdout: "piped",
  }).spawn();
  let [partPassed, partFailed] = [0, 0];
  for await (const line of lines(child.stdout)) {
    console.log(line);
    const summary = /^(?:ok|FAILED) \| (\d+) passed.* \| (\d+) failed/.exec(line);
    if (summary) [partPassed, partFailed] = [Number(summary[1]), Number(summary[2])];
  }
  const { success } = await child.status;
  passed += partPassed;
  failed += success && partPassed > 0 ? partFailed : Math.max(partFailed, 1);
}
await postgres?.stop();
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
  if (rest !== "") yield rest;
}

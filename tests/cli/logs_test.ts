import { deepEqual, equal, match } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { startServer } from "../server.ts";
import { runCommand, saidIn } from "./weir.ts";

const root = new URL("../../", import.meta.url);

/** `weir logs` with something on its standard input. */
async function pipe(args: readonly string[], url: string, input: ReadableStream<Uint8Array>) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "weir", "logs", ...args],
    cwd: root,
    env: { NO_COLOR: "1", MLFLOW_TRACKING_URI: url },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await input.pipeTo(command.stdin);
  const { code, stderr } = await command.output();
  return { code, errors: saidIn(stderr) };
}

/** A server in front of another one that breaks off every third request, after the other has answered it. */
function shaky(target: string) {
  let requests = 0;
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const url = new URL(request.url);
    const body = request.body && await request.arrayBuffer();
    const answer = await fetch(target + url.pathname + url.search, {
      method: request.method,
      headers: request.headers,
      body,
    });
    const text = await answer.text();
    if (request.method === "POST" && requests++ % 3 === 0) return new Response("bad gateway", { status: 502 });
    return new Response(text, { status: answer.status });
  });
}

Deno.test("weir logs adds what it is given to a run, once, however often the way to the server breaks, and prints it", async () => {
  await using database = await createDatabase();
  const server = await startServer({ DATABASE_URL: database.url });
  const proxy = shaky(server.url);
  try {
    const { startRun, ok } = clientOf(server.url);
    const run_id = await startRun();
    const lines = Array.from({ length: 40_000 }, (_, i) => `line ${i} of what is printed, é\n`);
    const input = ReadableStream.from(lines).pipeThrough(new TextEncoderStream());
    deepEqual(await pipe([run_id, "--append"], `http://127.0.0.1:${proxy.addr.port}`, input), { code: 0, errors: "" });
    const warning = new Blob(["careful\n"]).stream();
    equal((await pipe([run_id, "--append", "--stream", "stderr"], server.url, warning)).code, 0);
    equal((await runCommand(["logs", run_id], server.url)).output, `${lines.join("")}careful\n`);
    equal(
      (await runCommand(["logs", run_id, "--stream", "stdout", "--tail", "2"], server.url)).output,
      lines.slice(-2).join(""),
    );
    const following = runCommand(["logs", run_id, "--follow", "--tail", "1"], server.url);
    await ok("POST", "runs/update", { run_id, status: "FINISHED" });
    deepEqual(await following, { code: 0, output: "careful\n", errors: "" });
    const unknown = await runCommand(["logs", "none"], server.url);
    deepEqual([unknown.code, unknown.output], [1, ""]);
    match(unknown.errors, /^weir: .*Run with id=none not found\n$/);
  } finally {
    await proxy.shutdown();
    await server.stop();
  }
});

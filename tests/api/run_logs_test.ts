import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { type LogStream, mostAppended } from "../../domain/run_log.ts";
import { purge } from "../purging.ts";
import { startWeir, type Weir } from "../weir.ts";

const address = "/api/weir/1/runs/logs";

const append = (weir: Weir, run_id: string, text: string, at: { offset?: number; stream?: LogStream } = {}) =>
  weir.call("POST", address, { run_id, text, ...at });

const texts = (lines: { text: string }[]): string[] => lines.map(({ text }) => text);

async function download(weir: Weir, query: string, range?: string): Promise<Response> {
  return await weir.app.request(`${address}/download?${query}`, range ? { headers: { range } } : {});
}

Deno.test("what is appended twice at an offset is there once, and a gap is refused with the place to go on at", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  deepEqual((await append(weir, run_id, "one\n", { offset: 0 })).body, { offset: 4 });
  deepEqual((await append(weir, run_id, "one\n", { offset: 0 })).body, { offset: 4 });
  deepEqual((await append(weir, run_id, "e\ntwo\n", { offset: 2 })).body, { offset: 8 });
  const gap = await append(weir, run_id, "x", { offset: 10 });
  deepEqual([gap.status, gap.body.error_code], [409, "RESOURCE_CONFLICT"]);
  equal(
    gap.body.message,
    `The stdout of run ${run_id} goes on at offset 8. Got offset 10: the 2 bytes before it are missing.`,
  );
  const other = await append(weir, run_id, "ONE\n", { offset: 0 });
  equal(other.status, 409);
  match(other.body.message, /holds other bytes at offset 0: somebody else writes it, too\. It goes on at offset 8\.$/);
  equal((await append(weir, await weir.startRun(), "x", { offset: 3 })).status, 409);
  equal(await (await download(weir, `run_id=${run_id}`)).text(), "one\ntwo\n");
});

Deno.test("writers of one stream at the same time lose nothing and double nothing", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const parts = Array.from({ length: 300 }, (_, i) => `line ${i}\n`);
  let [offset, sent] = [0, ""];
  for (const part of parts) {
    const same = await Promise.all([1, 2, 3].map(() => append(weir, run_id, part, { offset })));
    sent += part;
    offset = sent.length;
    deepEqual(same.map(({ body }) => body), Array(3).fill({ offset }));
  }
  equal(await (await download(weir, `run_id=${run_id}`)).text(), sent);
  const { lines, total_lines } = await weir.ok("GET", `${address}?run_id=${run_id}&max_lines=2`);
  deepEqual([texts(lines), total_lines], [["line 298", "line 299"], 300]);
  // They were put together on the way.
  const [row] = await weir.services.sql<{ blocks: number }[]>`select count(*)::int as blocks from weir.run_log_blocks`;
  ok(row!.blocks < 100, `${row!.blocks} blocks`);
});

Deno.test("lines are read from the end, by number, by stream and by time", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  for (let i = 0; i < 400; i++) {
    await append(weir, run_id, `out ${i}\n`);
    if (i % 100 === 50) await append(weir, run_id, `err ${i}\n`, { stream: "stderr" });
  }
  await append(weir, run_id, "half");
  const read = (query: string) => weir.ok("GET", `${address}?run_id=${run_id}&${query}`);
  const end = await read("max_lines=2");
  deepEqual([end.total_lines, texts(end.lines), texts(end.unfinished)], [404, ["out 398", "out 399"], ["half"]]);
  deepEqual(texts((await read("first_line=51&max_lines=3")).lines), ["out 50", "err 50", "out 51"]);
  deepEqual(texts((await read("before_line=54&max_lines=2")).lines), ["err 50", "out 51"]);
  deepEqual(texts((await read("stream=stderr&max_lines=3")).lines), ["err 150", "err 250", "err 350"]);
  deepEqual(texts((await read("stream=stderr&first_line=60&max_lines=1")).lines), ["err 150"]);
  const [{ time }] = (await read("first_line=200&max_lines=1")).lines;
  const since = await read(`since=${time}&max_lines=500`);
  ok(since.lines[0].line <= 200 && since.lines.at(-1).line === 404);
  deepEqual((await read("since=99999999999999")).lines.length, 1);
  deepEqual((await read("first_line=9999")).lines, []);
});

Deno.test("streams that interleave within lines give whole lines, and the download keeps every byte", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await append(weir, run_id, "epoch 1 ");
  await append(weir, run_id, "warn\n", { stream: "stderr" });
  await append(weir, run_id, "done\n");
  await weir.ok("POST", address, { run_id, base64: new Uint8Array([0xff, 0xfe, 65, 0, 10]).toBase64() });
  const { lines } = await weir.ok("GET", `${address}?run_id=${run_id}`);
  deepEqual(texts(lines), ["warn", "epoch 1 done", "\ufffd\ufffdA\0"]);
  const bytes = new Uint8Array(await (await download(weir, `run_id=${run_id}&stream=stdout`)).arrayBuffer());
  deepEqual([...bytes.slice(-5)], [0xff, 0xfe, 65, 0, 10]);
  equal(await (await download(weir, `run_id=${run_id}&stream=stderr`)).text(), "warn\n");
});

Deno.test("the download is a file of text that no browser runs, whole or in part", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await append(weir, run_id, "<script>alert(1)</script>\n");
  const whole = await download(weir, `run_id=${run_id}`);
  equal(whole.headers.get("content-type"), "text/plain; charset=utf-8");
  equal(whole.headers.get("content-disposition"), `attachment; filename=${run_id}.log`);
  match(whole.headers.get("content-security-policy") ?? "", /sandbox/);
  equal((await whole.text()).length, 26);
  const end = await download(weir, `run_id=${run_id}`, "bytes=-10");
  deepEqual([end.status, end.headers.get("content-range"), await end.text()], [206, "bytes 16-25/26", "</script>\n"]);
  equal((await download(weir, `run_id=${run_id}`, "bytes=100-")).status, 416);
  equal(await (await download(weir, `run_id=${await weir.startRun()}`)).text(), "");
  equal((await download(weir, "run_id=none")).status, 404);
});

Deno.test("a text is found whatever its case and colours, from where the last answer ended", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await append(weir, run_id, "a\n\x1b[31mERR\x1b[1mOR\x1b[m one\nb\nerror two\n<error> & 'three'");
  const find = (query: string) => weir.ok("GET", `${address}/search?run_id=${run_id}&${query}`);
  const all = await find("query=error");
  deepEqual(all.hits.map(({ line, text }: { line: number; text: string }) => [line, text]), [
    [2, "ERROR one"],
    [4, "error two"],
    [5, "<error> & 'three'"],
  ]);
  equal(all.next_line, undefined);
  const first = await find("query=error&max_results=1");
  deepEqual([texts(first.hits), first.next_line], [["ERROR one"], 3]);
  deepEqual(texts((await find("query=error&match_case=true")).hits), ["error two", "<error> & 'three'"]);
  equal((await weir.call("GET", `${address}/search?run_id=${run_id}&query=`)).status, 400);
});

Deno.test("what no log can take is refused before anything is written", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const refused = async (body: object) => {
    const { status, body: { error_code, message } } = await weir.call("POST", address, body);
    return [status, error_code, message];
  };
  deepEqual((await refused({ run_id, text: "x".repeat(mostAppended + 1) })).slice(0, 2), [
    400,
    "INVALID_PARAMETER_VALUE",
  ]);
  deepEqual(await refused({ run_id }), [
    400,
    "INVALID_PARAMETER_VALUE",
    "Exactly one of 'text' and 'base64' must be given.",
  ]);
  equal((await refused({ run_id, base64: "%%" }))[0], 400);
  equal((await refused({ run_id, text: "\ud800" }))[0], 400);
  equal((await refused({ run_id, text: "x", stream: "stdin" }))[0], 400);
  equal((await refused({ run_id, text: "x", offset: -1 }))[0], 400);
  equal((await refused({ run_id: "none", text: "x" }))[1], "RESOURCE_DOES_NOT_EXIST");
  await weir.ok("POST", "runs/delete", { run_id });
  deepEqual(await refused({ run_id, text: "x" }), [
    400,
    "INVALID_PARAMETER_VALUE",
    `The run ${run_id} must be in the 'active' state. Current state is deleted.`,
  ]);
  deepEqual(await weir.services.sql`select from weir.run_logs`, []);
});

Deno.test("a log goes when its run is purged, and no sooner", async () => {
  await using weir = await startWeir();
  const [gone, kept] = [await weir.startRun(), await weir.startRun()];
  for (const run_id of [gone, kept]) for (let i = 0; i < 3; i++) await append(weir, run_id, `${i}\n`);
  await weir.ok("POST", "runs/delete", { run_id: gone });
  equal(await (await download(weir, `run_id=${gone}`)).text(), "0\n1\n2\n");
  await purge(weir, { run_ids: [gone] });
  equal((await download(weir, `run_id=${gone}`)).status, 404);
  const [rows] = await weir.services.sql<{ logs: number; blocks: number }[]>`
    select (select count(*)::int from weir.run_logs) as logs, (select count(*)::int from weir.run_log_blocks) as blocks`;
  deepEqual({ ...rows }, { logs: 1, blocks: 3 });
});

Deno.test("followers get what comes, go on where they broke off, and are told the end", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await append(weir, run_id, "one\n");
  const events = async (headers: Record<string, string> = {}) => {
    const { body } = await weir.app.request(`${address}/events?run_id=${run_id}`, { headers });
    return body!.pipeThrough(new TextDecoderStream());
  };
  const reading = Array.fromAsync(await events());
  await append(weir, run_id, "two\n", { stream: "stderr" });
  await weir.ok("POST", "runs/update", { run_id, status: "FAILED" });
  const all = (await reading).join("");
  deepEqual([...all.matchAll(/^(event|id): (.*)$/gm)].map(([, , value]) => value), [
    "piece",
    "4",
    "piece",
    "8",
    "end",
    "8",
  ]);
  match(all, /"stream":"stderr","offset":0,/);
  match(all, /"status":"FAILED"/);
  const rest = (await Array.fromAsync(await events({ "last-event-id": "4" }))).join("");
  equal(rest.match(/event: piece/g)?.length, 1);
});

Deno.test("however a log is sent, it reads the same", async () => {
  await using weir = await startWeir();
  const piece = fc.record({
    stream: fc.constantFrom<LogStream>("stdout", "stderr"),
    text: fc.string({ unit: fc.constantFrom("a", "\n", "é", "\r"), minLength: 1, maxLength: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const run_id = await weir.startRun();
      for (const { stream, text } of pieces) await append(weir, run_id, text, { stream });
      for (const stream of ["stdout", "stderr"] as const) {
        const printed = pieces.filter((one) => one.stream === stream).map(({ text }) => text).join("");
        equal(await (await download(weir, `run_id=${run_id}&stream=${stream}`)).text(), printed);
        const { lines, unfinished } = await weir.ok("GET", `${address}?run_id=${run_id}&stream=${stream}`);
        const wanted = printed.split("\n").map((line) => line.replace(/\r$/, ""));
        const last = printed.slice(printed.lastIndexOf("\n") + 1);
        deepEqual(
          [...texts(lines), ...last === "" ? [] : texts(unfinished)],
          last === "" ? wanted.slice(0, -1) : wanted,
        );
      }
    }),
    { numRuns: 25 },
  );
});

import assert from "node:assert/strict";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { point, startWeir } from "../weir.ts";

Deno.test("pages and the data of charts go compressed in the best way that is accepted, and say the same", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun({ experiment_id: "0" });
  await weir.logMetrics(run_id, Array.from({ length: 200 }, (_, step) => point("loss", 1 / (step + 3), { step })));
  const series = `/api/weir/1/metrics/series?runs=${run_id}&key=loss&width=500`;
  for (const path of ["/experiments/0", series]) {
    const ask = async (coding?: string) => {
      const answer = await weir.app.request(path, {
        headers: coding === undefined ? {} : { "accept-encoding": coding },
      });
      const { headers, status } = answer;
      return { coding: headers.get("content-encoding"), vary: headers.get("vary"), status, body: await answer.bytes() };
    };
    // Each page has other nonces.
    const text = (body: Uint8Array) => new TextDecoder().decode(body).replaceAll(/nonce="[^"]*"/g, "");
    const plain = await ask();
    assert.equal(plain.coding, null, path);
    const [brotli, gzip] = [await ask("gzip, deflate, br, zstd"), await ask("gzip")];
    assert.deepEqual([brotli.coding, gzip.coding], ["br", "gzip"], path);
    assert.match(`${brotli.vary} ${gzip.vary}`, /accept-encoding.*accept-encoding/i);
    assert.equal(text(brotliDecompressSync(brotli.body)), text(plain.body), path);
    assert.equal(text(gunzipSync(gzip.body)), text(plain.body), path);
    assert.deepEqual([brotli.status, gzip.status], [plain.status, plain.status]);
    assert.ok(brotli.body.length < plain.body.length / 2, path);
  }
  const short = await weir.app.request(series.replace("loss", "none"), { headers: { "accept-encoding": "br" } });
  assert.equal(short.headers.get("content-encoding"), null);
  assert.deepEqual((await short.json()).series.map(({ points }: { points: unknown[] }) => points.length), []);
});

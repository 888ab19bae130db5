import { localStore } from "../../artifacts/local.ts";

Deno.test("a stream may be cancelled at any time, also while it reads and after its last byte", async () => {
  const root = await Deno.makeTempDir({ prefix: "weir-artifacts-" });
  const store = await localStore(root);
  await store.put("a", new Blob(["0123456789"]).stream());
  const streams = await Promise.all(Array.from({ length: 50 }, async () => (await store.get("a"))!.stream));
  await Promise.all(streams.map(async (stream, i) => {
    for (let tick = 0; tick < i % 5; tick++) await Promise.resolve();
    await stream.cancel();
  }));
  await Deno.remove(root, { recursive: true });
});

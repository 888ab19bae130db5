import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

/** A browser without JavaScript: it keeps its cookies, follows redirects, and sends forms. */
function browse({ app }: Weir) {
  const cookies = new Map<string, string>();
  async function ask(
    url: string,
    fields?: Record<string, string>,
  ): Promise<{ url: string; status: number; html: string }> {
    const response = await app.request(url, {
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(fields && { method: "POST", body: new URLSearchParams(fields) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const to = response.headers.get("location");
    return to === null ? { url, status: response.status, html: await response.text() } : await ask(to);
  }
  return ask;
}

const namesIn = (html: string): string[] =>
  [...html.matchAll(/<li><a href="[^"]*"[^>]* title="[^"]*"><bdi>([^<]*)<\/bdi>/g)].map(([, name = ""]) => name);

const idIn = (url: string): string => new URL(url, "http://x").searchParams.get("view_id") ?? "";

Deno.test("a personal view is seen in the browser that saved it, a shared one by everybody", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const [ada, bob] = [browse(weir), browse(weir)];
  const place = { page: "runs", experiment_id, query: "filter=metrics.loss+%3C+1&done=deleted&page_token=x" };
  const saved = await ada("/views", { ...place, name: "mine", whose: "me" });
  assert.equal(new URL(saved.url, "http://x").searchParams.get("filter"), "metrics.loss < 1");
  assert.doesNotMatch(saved.url, /done=|page_token/);
  assert.match(saved.html, /<bdi title="mine">mine<\/bdi> was saved/);
  await ada("/views", { ...place, name: "ours", whose: "everyone", owner: "Ada" });
  assert.deepEqual(namesIn((await ada(`/experiments/${experiment_id}?view=all`)).html), ["ours", "mine"]);
  const seen = await bob(`/experiments/${experiment_id}`);
  assert.deepEqual(namesIn(seen.html), ["ours"]);
  assert.match(seen.html, /<span class="mut">Ada<\/span>/);
  assert.equal((await bob(`/views/${idIn(saved.url)}/delete`, place)).status, 404);
});

Deno.test("a view is renamed, replaced by what is shown, deleted and had back", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const ask = browse(weir);
  const place = { page: "runs", experiment_id, query: "order_by=attributes.run_name+ASC" };
  const id = idIn((await ask("/views", { ...place, name: "<b>'\" ünï</b>", whose: "everyone" })).url);
  assert.deepEqual(namesIn((await ask(`/views/${id}/rename`, { ...place, name: " by name " })).html), ["by name"]);
  const replaced = await ask(`/views/${id}/replace`, { ...place, query: "view=all" });
  assert.match(replaced.html, new RegExp(`<li><a href="/experiments/${experiment_id}\\?view=all" aria-current="true"`));
  const deleted = await ask(`/views/${id}/delete`, place);
  assert.deepEqual(namesIn(deleted.html), []);
  assert.match(deleted.html, /was deleted/);
  assert.deepEqual(namesIn((await ask(`/views/${id}/restore`, place)).html), ["by name"]);
});

Deno.test("the bare address of an experiment leads to its default view, and any other stays what it says", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const [ada, bob] = [browse(weir), browse(weir)];
  const bare = `/experiments/${experiment_id}`;
  const place = { page: "runs", experiment_id, query: "view=all" };
  const ours = idIn((await ada("/views", { ...place, name: "ours", whose: "everyone" })).url);
  const mine = idIn((await ada("/views", { ...place, query: "", name: "mine", whose: "me" })).url);
  assert.equal((await ada(bare)).url, bare);
  await ada(`/views/${ours}/default`, { ...place, on: "1" });
  assert.equal((await ada(bare)).url, `${bare}?view=all`);
  await ada(`/views/${mine}/default`, { ...place, on: "1" });
  assert.equal((await ada(bare)).url, `${bare}?view=active`);
  assert.equal((await bob(bare)).url, `${bare}?view=all`);
  assert.equal((await bob(`${bare}?view=deleted`)).url, `${bare}?view=deleted`);
  await ada(`/views/${mine}/default`, { ...place, on: "" });
  await ada(`/views/${ours}/delete`, place);
  assert.equal((await ada(bare)).url, bare);
});

Deno.test("what cannot be saved is refused with the field's name, and never leads to another origin", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const ask = browse(weir);
  const place = { page: "runs", experiment_id, query: "" };
  const refused: [Record<string, string>, number, RegExp][] = [
    [{ ...place, name: "  " }, 400, /'name'/],
    [{ ...place, name: "n".repeat(251) }, 400, /'name'/],
    [{ ...place, name: "a\0b" }, 400, /'name'/],
    [{ ...place, name: "n", query: `filter=${"x".repeat(16_001)}` }, 400, /'query'/],
    [{ ...place, name: "n", page: "https://evil.example" }, 400, /'page'/],
    [{ ...place, name: "n", experiment_id: "99999" }, 404, /99999/],
    [{ ...place, name: "n", experiment_id: "//evil.example" }, 400, /experiment ID/],
    [{ page: "charts", name: "n" }, 400, /experiment ID/],
  ];
  for (const [fields, status, words] of refused) {
    const answer = await ask("/views", fields);
    assert.equal(answer.status, status, JSON.stringify(fields));
    assert.match(answer.html.replaceAll("&#39;", "'"), words);
  }
  for (const verb of ["rename", "replace", "default", "delete", "restore"]) {
    assert.equal((await ask(`/views/nobody's/${verb}`, { ...place, name: "n" })).status, 404, verb);
  }
});

import { equal, match, ok } from "node:assert/strict";
import { setMetricDirection } from "../../db/metric_directions.ts";
import { startWeir, type Weir } from "../weir.ts";

async function settings(weir: Weir, cookie = ""): Promise<string> {
  const response = await weir.app.request("/settings", { headers: { cookie } });
  equal(response.status, 200);
  return await response.text();
}

const save = (weir: Weir, fields: Record<string, string>) =>
  weir.app.request("/settings", { method: "POST", body: new URLSearchParams(fields) });

/** What a browser sends back of an answer. */
const cookiesOf = (response: Response): string =>
  response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");

Deno.test("a name and a theme are kept by the browser, and the theme is there before any script runs", async () => {
  await using weir = await startWeir();
  ok(!/<html[^>]*data-theme/.test(await settings(weir)));
  const answer = await save(weir, { name: ' Ada "<b>" Ödön ', theme: "dark" });
  equal(answer.headers.get("location"), "/settings?done=saved");
  for (const cookie of answer.headers.getSetCookie()) match(cookie, /; Path=\/; HttpOnly; SameSite=Lax/);
  const html = await settings(weir, cookiesOf(answer));
  match(html, /<html lang="en" data-theme="dark">/);
  match(html, /name="name" value="Ada &quot;&lt;b&gt;&quot; Ödön"/);
  match(html, /value="dark" checked/);
  const forgotten = await save(weir, { name: "", theme: "" });
  for (const cookie of forgotten.headers.getSetCookie()) match(cookie, /Max-Age=0/);
  match(await settings(weir, "weir_theme=purple; weir_name=%F0%9F"), /<html lang="en"\s*>/);
});

Deno.test("the settings say what the server is, what lies where, and who changed which model", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment("big <one>");
  const put = await weir.app.request(`/api/2.0/mlflow-artifacts/artifacts/${experiment_id}/r/artifacts/f`, {
    method: "PUT",
    body: "12345",
  });
  equal(put.status, 200);
  for (let i = 0; i < 25; i++) await weir.ok("POST", "registered-models/create", { name: `m${i}` });
  const html = await settings(weir);
  match(
    html,
    /<a href="\/experiments\/\d+"[^>]*>big &lt;one&gt;<\/a>[^]*?<td class="r">1<\/td><td class="r">5 B<\/td>/,
  );
  match(html, /Postgres \d+/);
  equal(html.match(/model created/g)?.length, 20);
  const older = /href="(\/settings\?page_token=[^"]+)"/.exec(html)?.[1] ?? "";
  const rest = await (await weir.app.request(older)).text();
  equal(rest.match(/model created/g)?.length, 5);
});

Deno.test("a direction that was set for everybody is named in the settings, and forgotten there", async () => {
  await using weir = await startWeir();
  await setMetricDirection(weir.services.sql, { name: "<f1>", direction: "lower", set_by: "ada", set_time: 1 });
  match(await settings(weir), /&lt;f1&gt;<\/th><td>lower is better<\/td><td[^>]*>ada<\/td>/);
  const body = new URLSearchParams({ metric: "<f1>" });
  equal((await weir.app.request("/metric-directions/forget", { method: "POST", body })).status, 303);
  ok(!(await settings(weir)).includes("&lt;f1&gt;"));
});

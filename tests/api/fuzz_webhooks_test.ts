import { ok } from "node:assert/strict";
import fc from "fast-check";
import { openWebhookPoster } from "../../runners/webhook_post.ts";
import { startWeir } from "../weir.ts";

const good = "https://8.8.8.8/hook";

Deno.test("no body of any endpoint for webhooks is answered by a 5xx", async () => {
  await using weir = await startWeir();
  weir.services.webhooks = openWebhookPoster({ allowPrivate: false, resolve: () => Promise.resolve(["8.8.8.8"]) });
  const events = [{ entity: "PROMPT", action: "CREATED" }];
  const id = (await weir.ok("POST", "webhooks", { name: "hook", url: good, events })).webhook.webhook_id;
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\0", "\ud800", "x".repeat(9000), "a", good),
  );
  const url = fc.oneof(fc.webUrl({ validSchemes: ["https", "http"] }), text.map((rest) => `https://${rest}`), text);
  const any = fc.oneof({ weight: 2, arbitrary: text }, fc.double(), fc.jsonValue(), fc.maxSafeInteger());
  const event = fc.record({
    entity: fc.oneof(fc.constantFrom("PROMPT", 5), any),
    action: fc.constantFrom("CREATED", 1, 9),
  });
  const fields = fc.record({
    ...{ name: fc.oneof(fc.constant("a"), any), url: fc.oneof(url, any), events: fc.oneof(fc.array(event), any) },
    ...{ description: any, secret: any, status: any, max_results: any, page_token: any, event: fc.oneof(event, any) },
  }, { requiredKeys: [] });
  const targets = fc.constantFrom(
    ...[["POST", "webhooks"], ["PATCH", `webhooks/${id}`], ["DELETE", "webhooks/%00"], ["POST", "webhooks/none/test"]],
    ...[["GET", "webhooks"], ["GET", `/api/weir/1/webhooks/${id}/deliveries`]],
    ["POST", `/api/weir/1/webhooks/${id}/deliveries/%00/retry`],
  );
  await fc.assert(
    fc.asyncProperty(targets, fields, async ([method = "", path = ""], body) => {
      const query = Object.entries(body).map(([key, value]) =>
        `${key}=${encodeURIComponent(JSON.stringify(value).toWellFormed())}`
      );
      const { status } = method === "GET"
        ? await weir.call(method, `${path}?${query.join("&")}`)
        : await weir.call(method, path, body);
      ok(status < 500, `${method} ${path} ${JSON.stringify(body)}: ${status}`);
    }),
    { numRuns: 1000 },
  );
});

import assert from "node:assert/strict";
import type { Run } from "../../domain/entities.ts";
import { href, path } from "../../views/links.ts";
import { RunsPage, type RunsPageProps } from "../../views/runs_table.tsx";
import { parseMessage, queryInput } from "../../wire/message.ts";
import { RunsQuery } from "../../wire/pages.ts";

const now = Date.UTC(2026, 10, 22);

function view(query: string): RunsQuery {
  return parseMessage(RunsQuery, queryInput(RunsQuery, new URLSearchParams(query)));
}

function run(run_id: string, run_name: string, values: { loss?: number; model?: string; parent?: string } = {}): Run {
  const { loss, model, parent } = values;
  const info = { run_id, run_uuid: run_id, run_name, experiment_id: "7", user_id: "mara", status: "FINISHED" as const };
  return {
    info: { ...info, start_time: now - 3_600_000, end_time: now, artifact_uri: "", lifecycle_stage: "active" },
    data: {
      metrics: loss === undefined ? [] : [{ key: "loss", value: loss, step: 1, timestamp: now }],
      params: model === undefined ? [] : [{ key: "model", value: model }],
      tags: parent === undefined ? [] : [{ key: "mlflow.parentRunId", value: parent }],
    },
    inputs: {},
  };
}

function html(query: string, props: Partial<RunsPageProps> = {}): string {
  return String(
    <RunsPage
      experiment={{
        experiment_id: "7",
        name: "vision/imagenet",
        artifact_location: "",
        lifecycle_stage: "active",
        creation_time: 0,
        last_update_time: 0,
        workspace: "default",
      }}
      view={view(query)}
      runs={[run("a1", "first", { loss: 0.5, model: "vit" }), run("b2", "second", { loss: 0.25, model: "resnet" })]}
      total={{ kind: "unknown" }}
      available={{ metrics: ["loss"], params: ["model"], tags: [] }}
      server="http://localhost:5000"
      now={now}
      {...props}
    />,
  );
}

/** The page without its tags. */
const words = (page: string): string => page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

Deno.test("nothing that a client logged becomes markup or leaves its attribute", () => {
  const evil = `"><script>alert(1)</script>' onfocus=x`;
  const page = html(`filter=${encodeURIComponent(evil)}&columns=${encodeURIComponent(`params.${evil}`)}`, {
    runs: [run("a1", evil, { model: evil }), run("b2", evil, { parent: "a1" })],
    available: { metrics: [evil], params: [evil], tags: [evil] },
    chips: [{ subject: evil, predicate: evil, without: evil }],
    selected: [{ run_id: evil, run_name: evil }],
  });
  assert.ok(!page.includes("<script>alert"));
  assert.equal(page.match(/ onfocus=x/g)?.length, page.match(/&#39; onfocus=x/g)?.length);
});

Deno.test("the page has no script, style or handler that the Content-Security-Policy would stop", () => {
  const page = html("");
  for (const [, attributes, body] of page.matchAll(/<script([^>]*)>([^<]*)/g)) {
    assert.match(attributes ?? "", / src="/);
    assert.equal(body, "");
  }
  assert.doesNotMatch(page, /<style|\son[a-z]+=|hx-on|javascript:/);
});

Deno.test("the count of runs is never said when it is not known", () => {
  const footer = (page: string): string => words(/<footer.*<\/footer>/s.exec(page)?.[0] ?? "");
  assert.match(footer(html("", { next_page_token: "x" })), /2 runs, more follow/);
  assert.match(footer(html("", { total: { kind: "about", count: 48_217 } })), /2 of about 48,200 runs/);
  assert.match(footer(html("filter=x", { total: { kind: "exact", count: 2 } })), /^ 2 matching runs/);
});

Deno.test("a filter that is wrong is shown with its character marked, and no runs", () => {
  const page = html("filter=loss+%3C%3C+1", { runs: [], error: { message: "Expected a number", offset: 6 } });
  assert.match(page, /loss &lt;<mark>&lt;<\/mark> 1/);
  assert.match(page, /aria-invalid="true"/);
  assert.doesNotMatch(words(page), /No run matches/);
});

Deno.test("a filter that ends too early is marked after its end", () => {
  assert.match(html("filter=loss+%3C", { runs: [], error: { message: "m", offset: 6 } }), /loss &lt;<mark> <\/mark>/);
});

Deno.test("a filter that no run matches can be cleared, and keeps the columns", () => {
  const page = html("filter=x&columns=metrics.loss", { runs: [] });
  assert.match(words(page), /No run matches/);
  assert.ok(page.includes(`href="${href(path`/experiments/7`, { columns: ["metrics.loss"] }).replace("&", "&amp;")}"`));
});

Deno.test("an experiment without runs shows lines to paste with its name and this server's address", () => {
  const page = words(html("", { runs: [] }));
  assert.ok(page.includes("mlflow.set_tracking_uri(&quot;http://localhost:5000&quot;)"));
  assert.ok(page.includes("mlflow.set_experiment(&quot;vision/imagenet&quot;)"));
});

Deno.test("the best value is marked for eyes and for ears, by the metric's own direction", () => {
  const best = /<td class="best"[^>]*>([^<]*)<span class="sr">best/.exec(html(""));
  assert.equal(best?.[1], "0.25");
});

Deno.test("selected runs are ticked, and those of other pages come along hidden", () => {
  const page = html("runs=a1&runs=z9", {
    selected: [{ run_id: "a1", run_name: "first" }, { run_id: "z9", run_name: "far" }],
  });
  assert.match(page, /value="a1"[^>]* checked/);
  assert.match(page, /<input type="hidden" name="runs" value="z9"/);
  assert.doesNotMatch(page, /value="b2"[^>]* checked/);
});

Deno.test("children stand below their parent, and folding is a link that says so", () => {
  const page = html("", { runs: [run("b2", "child", { parent: "a1" }), run("a1", "parent")] });
  assert.ok(page.indexOf('value="a1"') < page.indexOf('value="b2"'));
  assert.match(page, /closed=a1"[^>]* aria-expanded="true"/);
  assert.match(
    html("closed=a1", { runs: [run("b2", "child", { parent: "a1" }), run("a1", "parent")] }),
    /aria-expanded="false"/,
  );
});

Deno.test("the head of a column says how the runs are ordered and leads through both directions", () => {
  const head = (query: string): string => /<th[^>]*>\s*<a[^>]*>loss/.exec(html(query))?.[0] ?? "";
  assert.match(head(""), /order_by=metrics.loss\+ASC/);
  assert.match(head("order_by=metrics.loss+ASC"), /aria-sort="ascending".*order_by=metrics.loss\+DESC/s);
  assert.doesNotMatch(head("order_by=metrics.loss+DESC"), /order_by/);
});

Deno.test("a page of 100 runs with 16 columns stays small", async () => {
  const runs = Array.from({ length: 100 }, (_, i): Run => {
    const made = run(crypto.randomUUID().replaceAll("-", ""), `vit-mixup-${i}`);
    const metrics = ["val/loss", "val/acc", "val/f1", "train/loss"].map((key) => ({
      key,
      value: Math.random(),
      step: 1,
      timestamp: now,
    }));
    const params = ["model", "lr", "batch_size", "optimizer", "augment", "wd"].map((key, k) => ({
      key,
      value: `v${(i * k) % 4}`,
    }));
    return { ...made, data: { metrics, params, tags: [] } };
  });
  const columns = [
    "metrics.val/loss",
    "metrics.val/acc",
    "metrics.val/f1",
    "metrics.train/loss",
    "attributes.duration",
    "attributes.user_id",
  ]
    .concat(["model", "lr", "batch_size", "optimizer", "augment", "wd"].map((key) => `params.${key}`));
  const page = html(columns.map((name) => `columns=${encodeURIComponent(name)}`).join("&"), { runs });
  const packed = await new Response(new Blob([page]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
  assert.ok(page.length < 90_000, `${page.length} bytes`);
  assert.ok(packed.byteLength < 14_000, `${packed.byteLength} bytes compressed`);
});

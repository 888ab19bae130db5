import assert from "node:assert/strict";
import fc from "fast-check";
import type { Run } from "../../domain/entities.ts";
import { plotKinds } from "../../domain/plots/settings.ts";
import { path } from "../../views/links.ts";
import { Plots } from "../../views/plots/plots.tsx";
import { parseMessage, queryInput } from "../../wire/message.ts";
import { CompareQuery } from "../../wire/pages_run.ts";
import { run } from "../plotted_runs.ts";

const every = plotKinds.map((kind) => `plot=${kind}`).join("&");

function settings(query: string) {
  return parseMessage(CompareQuery, queryInput(CompareQuery, new URLSearchParams(query))).plots;
}

const html = async (runs: readonly Run[], query = every): Promise<string> =>
  String(
    await (
      <Plots
        runs={runs}
        settings={settings(query)}
        now={0}
        action={path`/compare`}
        fields={{ runs: "a,b" }}
        part="#compare"
        linksTo={(ids) => [{ text: `Compare these ${ids.length}`, href: `/compare?runs=${ids.join(",")}` }]}
      />
    ),
  );

/** The page without its tags and its lists of choices. */
const words = (page: string): string =>
  page.replace(/<select.*?<\/select>/gs, " ").replace(/<title>.*?<\/title>/gs, " ").replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

const sweep: Run[] = Array.from(
  { length: 24 },
  (_, i) =>
    run(`r${i}`, { loss: i === 5 ? NaN : (i % 4) + i / 100, acc: 1 - i / 30 }, {
      ...(i % 6 === 0 ? {} : { lr: String(10 ** -(1 + i % 4)) }),
      dropout: String(i % 5 / 10),
      model: i % 2 === 0 ? "vit" : "resnet",
      same: "1",
    }),
);

Deno.test("every plot is there without JavaScript, with its values, and says what it leaves out", async () => {
  const page = await html(sweep);
  for (const kind of plotKinds) assert.ok(page.includes(`data-plot="${kind}"`), kind);
  const text = words(page);
  assert.match(text, /4 of 24 runs have no lr/);
  assert.match(text, /1 of 24 runs has a NaN or infinite loss/);
  assert.match(text, /Which params lead to a low loss/);
  assert.equal(page.match(/<path[^>]*data-line="r3"/g)?.length, 3); // parallel, scatter, contour
  assert.ok(!page.includes("params.same"), "a param that is the same everywhere tells nothing");
  assert.ok(page.includes("<caption"));
});

Deno.test("a brush in the address picks runs, as a link of the page or as the form of an axis says it", async () => {
  const brushed = async (query: string) => {
    const page = await html(sweep, `plot=parallel&${query}`);
    return { page, kept: page.match(/Compare these (\d+)/)?.[1], off: page.match(/class="m\d? off"/g)?.length };
  };
  const byLink = await brushed("brush=0.01,0.1:params.lr");
  const byForm = await brushed("brush_axis=params.lr&brush_from=0.01&brush_to=0.1");
  assert.deepEqual([byLink.kept, byLink.off], [byForm.kept, byForm.off]);
  const inside = sweep.filter(({ data }) =>
    ["0.1", "0.01"].includes(data.params?.find(({ key }) => key === "lr")?.value ?? "")
  );
  assert.equal(byLink.kept, String(inside.length));
  assert.equal(byLink.off, sweep.length - inside.length);
  assert.equal((await brushed("brush=vit,vit:params.model&brush=0.01,0.1:params.lr")).kept, "4");
  assert.equal((await brushed("brush=%25,1:params.lr&brush=nonsense&brush=1,2:gone")).kept, undefined);
});

Deno.test("the reader's choices stand: axes in their order, scales, x, y, colour, size, groups", async () => {
  const page = await html(
    sweep,
    "plot=parallel&plot=scatter&plot=box&axes=metrics.acc&axes=params.lr&scale=linear:params.lr" +
      "&plot_x=metrics.acc&plot_y=attributes.duration&plot_color=none&plot_size=metrics.loss&plot_group=params.lr&about=metrics.acc",
  );
  assert.deepEqual([...page.matchAll(/data-axis="([^"]*)"/g)].map(([, name]) => name), ["metrics.acc", "params.lr"]);
  assert.match(page, /data-axis="params.lr" data-at="1" data-min="0.0001" data-max="0.1">/);
  assert.match(words(page), /duration by acc/);
  assert.match(words(page), /acc by lr/);
  assert.match(page, /Logarithmic scale/);
});

Deno.test("few runs say so, no metric says so, and a single run has no plots until they are asked for", async () => {
  assert.match(words(await html(sweep.slice(0, 5))), /too few to tell/);
  assert.match(words(await html([run("a", {}, { lr: "1" })])), /These runs have no metric yet/);
  assert.ok(!(await html(sweep.slice(0, 1), "")).includes("data-plot="));
  assert.ok(!(await html(sweep, "plot=none")).includes("data-plot="));
  assert.equal((await html(sweep, "")).match(/data-plot="/g)?.length, 3);
});

Deno.test("nothing that a client logged becomes markup in a plot", async () => {
  const evil = `"><script>alert(1)</script>' onfocus=x`;
  const runs = Array.from({ length: 12 }, (_, i) => ({
    ...run(`${evil}${i}`, { [evil]: i }, { [evil]: i % 2 ? evil : "b", other: String(i) }, {
      [evil]: `${evil}${i % 3}`,
    }),
  }));
  const page = await html(
    runs,
    `${every}&plot_group=${encodeURIComponent(`tags.${evil}`)}&plot_x=${encodeURIComponent(`params.${evil}`)}`,
  );
  assert.ok(!page.includes("<script>alert"));
  assert.ok(!page.includes("' onfocus=x"));
});

Deno.test("any runs and any address give a page", async () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("1", "1e-3", "nan", "-inf", "1e308", "a", "b", "0", "None"));
  const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, 1, NaN, -Infinity, 1.7976931348623157e308, -1e308, 5e-324));
  const key = fc.constantFrom("lr", "loss", "a.b", "__proto__", "constructor");
  const some = fc.array(
    fc.record({ metrics: fc.dictionary(key, value), params: fc.dictionary(key, text), tags: fc.dictionary(key, text) }),
    { maxLength: 14 },
  );
  const field = fc.oneof(
    fc.tuple(fc.constantFrom("metrics", "min", "max", "params", "tags", "attributes"), key).map((pair) =>
      pair.join(".")
    ),
    fc.constantFrom("attributes.duration", "attributes.start_time", "attributes.run_name", "none", "", "x"),
  );
  const scale = field.map((name) => `log:${name}`);
  const brush = fc.tuple(text, text, field).map(([from, to, name]) =>
    `${encodeURIComponent(from)},${encodeURIComponent(to)}:${name}`
  );
  const query = fc.array(
    fc.oneof(
      fc.tuple(fc.constantFrom("about", "plot_x", "plot_y", "plot_color", "plot_size", "plot_group", "axes"), field),
      fc.tuple(fc.constant("scale"), scale),
      fc.tuple(fc.constant("brush"), brush),
    ),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(some, query, async (some, query) => {
      const runs = some.map(({ metrics, params, tags }, i) => run(`r${i}`, metrics, params, tags));
      const once = new Map(query.filter(([name]) => !["axes", "scale", "brush"].includes(name)));
      const asked = [...once, ...query.filter(([name]) => ["axes", "scale", "brush"].includes(name))];
      const wellFormed = asked.map(([name, value]) => [name, value.toWellFormed().replaceAll("\0", "")]);
      const page = await html(runs, `${every}&${new URLSearchParams(wellFormed)}`);
      for (const [drawn] of page.matchAll(/ (d|style)="[^"]*"/g)) {
        assert.ok(!/NaN|Infinity|undefined/.test(drawn), drawn);
      }
    }),
    { numRuns: 150 },
  );
});

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { falling, logArtifact, logRun, type Place } from "./fill.ts";

/** What people, and programs in their name, call things. A dialog, an error or a request elsewhere fails the test. */
const names = [
  "<script>alert(1)</script>",
  `"><img src=https://evil.example/x onerror=alert(2)>`,
  `' onfocus='alert(3)' autofocus x='`,
  "${alert(4)} {{alert(5)}} javascript:alert(6)",
  "مرحبا \u202Ereversed\u202C עברית",
  "👩‍🔬🧪 \u{1F1E9}\u{1F1EA}",
  "w".repeat(250),
];
/** Those that a key may have: MLflow allows letters, digits, and a few signs. */
const keys = ["مرحبا/עברית", "k".repeat(250), "a : b. c_d-e", "ß/é/ж"];

const each = <Value>(list: readonly string[], value: (name: string, i: number) => Value): Record<string, Value> =>
  Object.fromEntries(list.map((name, i) => [name, value(name, i)]));

/** A run of which every field is hostile. */
async function hostileRun(place: Place, run_name: string, turn: number): Promise<string> {
  const { weir } = place;
  const turned = names.map((_, i) => names[(i + turn) % names.length] ?? "");
  const run_id = await logRun(place, {
    run_name,
    params: each(keys, (_, i) => turned[i] ?? ""),
    metrics: each(keys, () => falling(5 + turn, 0.5)),
    tags: {
      ...each(keys, (_, i) => turned[i + 3] ?? ""),
      "mlflow.note.content": turned.join("\n"),
      "mlflow.user": turned[0] ?? "",
      "mlflow.source.name": turned[1] ?? "",
      "mlflow.source.git.commit": turned[2] ?? "",
      "mlflow.source.git.branch": turned[3] ?? "",
      "mlflow.source.git.repoURL": "javascript:alert(7)",
    },
  });
  const dataset = { name: turned[0], digest: turned[1]?.slice(0, 36), source_type: turned[2], source: turned[3] };
  await weir.ok("POST", "runs/log-inputs", {
    run_id,
    datasets: [{ dataset, tags: [{ key: "mlflow.data.context", value: turned[4] }] }],
  });
  return run_id;
}

const fileNames = names.slice(0, 6).map((name) => `${name.replaceAll("/", "∕")}.txt`);

async function hostileExperiment(place: Place): Promise<string[]> {
  const { weir, experiment_id } = place;
  await weir.ok("POST", "experiments/update", { experiment_id, new_name: `${names[0]}/${names[1]} ${experiment_id}` });
  await Promise.all(
    names.map((value, i) =>
      weir.ok("POST", "experiments/set-experiment-tag", {
        experiment_id,
        key: i === 0 ? "mlflow.note.content" : `tag ${i}`,
        value,
      })
    ),
  );
  const runs = await Promise.all(names.map((name, i) => hostileRun(place, name, i)));
  await Promise.all(fileNames.map((name) => logArtifact(weir, runs[0] ?? "", `dir ${name}/${name}`, name)));
  await logArtifact(weir, runs[0] ?? "", "table.csv", names.map((name) => `"${name.replaceAll('"', '""')}"`).join(","));
  return runs;
}

/** Every page on which the names stand. */
function addresses({ experiment_id }: Place, runs: readonly string[]): string[] {
  const [first = "", second = ""] = runs;
  const inside = fileNames.slice(0, 2).map((name) =>
    `/runs/${first}?tab=artifacts&path=${encodeURIComponent(`dir ${name}/${name}`)}`
  );
  return [
    "/experiments",
    `/experiments?edit=${experiment_id}`,
    `/experiments/${experiment_id}?${keys.map((key) => `columns=${encodeURIComponent(`params.${key}`)}`).join("&")}`,
    `/experiments/${experiment_id}?runs=${first}&runs=${second}`,
    `/experiments/${experiment_id}?filter=${encodeURIComponent(`tags.x = "${names[0]}" and params.y = '${names[6]}'`)}`,
    `/runs/${first}`,
    `/runs/${first}?tab=charts`,
    ...inside,
    `/runs/${first}?tab=artifacts&path=table.csv`,
    `/compare?runs=${runs.slice(0, 3).join(",")}&only=all`,
    `/compare?runs=${runs.join(",")}&only=all`,
    `/compare?runs=${runs.join(",")}&transpose=1`,
  ];
}

/** How far the page is wider than its window, in pixels. */
const excess = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth);

async function walk(page: Page, list: readonly string[], look: (address: string) => Promise<void>): Promise<void> {
  for (const address of list) {
    await page.goto(address);
    await look(address);
  }
}

pageTest(
  "whatever things are called, nothing of it runs, and no page is wider than a phone",
  async ({ page, ...place }) => {
    const runs = await hostileExperiment(place);
    await walk(page, addresses(place, runs), async (address) => {
      assert.equal(await page.locator("main script, main img[onerror], main [onfocus]").count(), 0, address);
      assert.ok(await excess(page) <= 0, `${address} is ${await excess(page)} px too wide`);
    });
  },
  { viewport: { width: 390, height: 844 } },
);

pageTest("whatever things are called, they are written as they are called", async ({ page, ...place }) => {
  const runs = await hostileExperiment(place);
  await page.goto(`/experiments/${place.experiment_id}`);
  const shown = await page.locator('#rows th > a[class^="c"]').allTextContents();
  assert.deepEqual(shown.toSorted(), names.toSorted());
  assert.equal(await page.title(), `${names[0]}/${names[1]} ${place.experiment_id} · Weir`);
  await walk(page, runs.map((run_id) => `/runs/${run_id}`), async (address) => {
    const name = names[runs.indexOf(address.slice("/runs/".length))] ?? "";
    assert.equal(await page.locator("h1 bdi").textContent(), name);
    assert.equal(await page.title(), `${name} · Weir`);
  });
  await page.goto(`/runs/${runs[0]}?path=${encodeURIComponent(`dir ${fileNames[1]}/${fileNames[1]}`)}`);
  assert.equal(await page.locator("figure.look pre").textContent(), fileNames[1]);
});

pageTest("whatever things are called, charts, menus and forms work", async ({ page, ...place }) => {
  const runs = await hostileExperiment(place);
  await page.goto(`/compare?runs=${runs.join(",")}`);
  const charts = page.locator("[data-chart]");
  await eventually(async () =>
    assert.match(await charts.first().locator("[data-note]").innerText(), /^56 of 56 points/)
  );
  await charts.first().locator("canvas").hover();
  await page.getByRole("button", { name: /^Pin/ }).nth(1).click();
  await page.waitForURL(/baseline=/);
  await page.goto(`/runs/${runs[1]}`);
  await page.getByText("Edit", { exact: true }).click();
  assert.equal(await page.getByRole("textbox", { name: "Name" }).inputValue(), names[1]);
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/done=changed/);
  assert.equal((await place.weir.getRun(runs[1] ?? "")).info.run_name, names[1]);
  const note = (await place.weir.getRun(runs[1] ?? "")).data.tags?.find(({ key }) => key === "mlflow.note.content");
  assert.equal(note?.value, names.map((_, i) => names[(i + 1) % names.length]).join("\n"));
});

import assert from "node:assert/strict";
import { startWeir } from "../weir.ts";
import { logArtifact, logRuns } from "./fill.ts";

Deno.test("a comparison is taken along as CSV, Markdown and JSON, and none of them runs anything", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const runs = await logRuns({ weir, experiment_id }, [
    { run_name: "=cmd()", params: { lr: "0.1", "-sum": "-1.5", seed: "7" }, metrics: { "val/loss": 0.5, odd: NaN } },
    {
      run_name: "two | [x](http://evil)",
      params: { lr: "=1+1", "-sum": "x\ny", seed: "7" },
      metrics: { "val/loss": 0.25, odd: 1 },
    },
  ]);
  const get = async (format: string, more = "") => {
    const answer = await weir.app.request(`/compare/export?runs=${runs.join(",")}&format=${format}${more}`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-disposition") ?? "", new RegExp(`^attachment; .*\\.${format}`));
    return await answer.text();
  };
  const csv = await get("csv");
  assert.match(csv, /^group,name,better,'=cmd\(\),two \| \[x\]\(http:\/\/evil\)\n/);
  assert.match(csv, /metrics,val\/loss,lower,0\.5,0\.25\n/);
  assert.match(csv, /params,lr,,0\.1,'=1\+1\n/);
  assert.match(csv, /params,'-sum,,-1\.5,"x\ny"\n/);
  assert.doesNotMatch(csv, /seed/);
  assert.match(await get("csv", "&only=all"), /seed,,7,7/);
  const markdown = await get("md");
  assert.match(markdown, /\| \[two \\\| \\\[x\\\]\(http:\/\/evil\)\]\(http:\/\/localhost\/runs\/\w+\) \|/);
  assert.match(markdown, /\| val\/loss ↓ \| 0\.50 \| \*\*0\.25\*\* \(▲ −0\.25\) \|/);
  assert.match(markdown, /\| -sum \| -1\.5 \| x y \|/);
  const json = JSON.parse(await get("json", `&baseline=${runs[1]}`));
  assert.equal(json.baseline, runs[1]);
  assert.deepEqual(json.metrics.find(({ name }: { name: string }) => name === "odd")?.values, ["NaN", 1]);
  assert.equal((await weir.app.request("/compare/export?runs=nobody")).status, 400);
});

Deno.test("whatever is asked of a comparison and of its files, the answer is no failure of the server", async () => {
  await using weir = await startWeir();
  const experiment_id = await weir.createExperiment();
  const place = { weir, experiment_id };
  const runs = await logRuns(place, [{ run_name: "one" }, { run_name: "two" }]);
  const texts: Record<string, BodyInit> = {
    "deep.json": "[".repeat(5_000),
    "bomb.yaml": `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`,
    "binary.txt": new Uint8Array([0, 1, 2, 255]),
    "empty.txt": "",
    "long.txt": "x".repeat(200_000),
    "large.log": "line\n".repeat(300_000),
    "none.png": "no picture",
    "weird.csv": `a,"b\n1,2`,
  };
  for (const [i, run_id] of runs.entries()) {
    for (const [path, body] of Object.entries(texts)) {
      const other = i === 1 && typeof body === "string" ? `${body}!` : body;
      await logArtifact(weir, run_id, path, other);
    }
  }
  const asked = [
    ...Object.keys(texts).flatMap((path) =>
      ["", "lines", "unified", "slider"].map((as) => `&file=${path}&as=${as}&whole=1`)
    ),
    "&file=../../x",
    "&file=%00",
    "&file=nothing.txt",
    `&file=${"a/".repeat(2_000)}`,
    "&with=nobody",
    "&file=a&file=b",
    "&as=zip&x=metric&by=nothing&baseline=x",
    "&dir=lower:&dir=x",
  ];
  for (const more of asked) {
    const answer = await weir.app.request(`/compare?runs=${runs.join(",")}${more}`);
    assert.ok([200, 400].includes(answer.status), `${more.slice(0, 80)}: ${answer.status}`);
    await answer.body?.cancel();
  }
  const post = async (path: string, body: string): Promise<number> =>
    (await weir.app.request(path, {
      method: "POST",
      body,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    })).status;
  for (const dir of ["", "lower", "lower:", "best:loss", `lower:${"x".repeat(251)}`, "lower:a%00b"]) {
    assert.equal(await post("/metric-directions", `dir=${dir}`), 400, dir);
  }
  assert.equal(await post("/metric-directions", "dir=lower:loss&back=runs%3Da%26evil%3Dhttp://x"), 303);
  assert.equal(await post("/baselines", "run_id=nobody"), 404);
  assert.equal(await post("/baselines", `run_id=${runs[0]}&page=run`), 303);
  assert.equal(await post("/baselines", `forget=${runs[0]}`), 303);
  assert.equal(await post("/baselines", `forget=${runs[0]}`), 303);
});

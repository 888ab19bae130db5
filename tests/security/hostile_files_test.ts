import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually, pageTest } from "../browser.ts";
import { logArtifact, logRun } from "../pages/fill.ts";

/** What a page of a stranger's may try; each try notes what came of it, and the last says that all were made. */
const attacks = (origin: string, run_id: string): string =>
  `<!doctype html><title>report</title><pre id="said"></pre>
<script>
const said = document.getElementById("said");
const say = (name, outcome) => said.append(name + "=" + outcome + "\\n");
const attempt = (name, act) => { try { say(name, act()); } catch (error) { say(name, "refused " + error.name); } };
const send = (name, url, init) => fetch(url, init).then(() => say(name, "REACHED"), () => say(name, "refused"));
addEventListener("load", async () => {
  attempt("origin", () => String(origin));
  attempt("parent", () => "READ " + parent.document.title);
  attempt("top", () => "READ " + top.document.body.innerHTML.length);
  attempt("cookie", () => "READ " + document.cookie);
  attempt("storage", () => "READ " + localStorage.length);
  attempt("window", () => open("${origin}/experiments") === null ? "refused" : "OPENED");
  // By itself it may lead itself where it likes, and this test would lose it.
  attempt("navigate", () => { if (top !== self) top.location.href = "${origin}/bin"; return "asked"; });
  attempt("alert", () => { alert(1); return "ignored"; });
  await send("read", "${origin}/api/2.0/mlflow/runs/get?run_id=${run_id}");
  await send("blind", "${origin}/api/2.0/mlflow/runs/get?run_id=${run_id}", { mode: "no-cors" });
  await send("write", "${origin}/api/2.0/mlflow/runs/delete", { method: "POST", mode: "no-cors", body: '{"run_id":"${run_id}"}' });
  const form = document.createElement("form");
  form.method = "post"; form.action = "${origin}/runs/${run_id}/delete"; form.target = "_top";
  document.body.append(form);
  attempt("form", () => { form.submit(); return "asked"; });
  const frame = document.createElement("iframe");
  frame.src = "${origin}/experiments";
  document.body.append(frame);
  const image = new Image();
  image.onload = () => say("image", "REACHED"); image.onerror = () => say("image", "refused");
  image.src = "${origin}/static/x/weir.svg";
  const link = document.createElement("a");
  link.href = "${origin}/get-artifact?run_id=${run_id}&path=evil.html"; link.download = "x"; document.body.append(link);
  attempt("download", () => { link.click(); return "asked"; });
  setTimeout(() => say("done", "done"), 500);
});
</script>`;

/** What browsers write where they refuse something: what this test is about. */
const refusals = [/Content.Security.Policy|sandbox|Unsafe attempt|frame-ancestors|Blocked|blocked|ERR_|X-Frame/i];

async function tried(page: Page): Promise<string> {
  const frame = page.frameLocator("iframe.frame");
  await eventually(async () => assert.match(await frame.locator("#said").innerText(), /done=done/));
  return await frame.locator("#said").innerText();
}

const outcomes = [
  /origin=null/,
  /parent=refused/,
  /top=refused/,
  /cookie=refused/,
  /storage=refused/,
  /window=refused/,
  /navigate=(refused|asked)/,
  /read=refused/,
  /blind=refused/,
  /write=refused/,
  /image=refused/,
];

pageTest(
  "a hostile page in the artifacts runs in a sandbox: it reads no page, reaches no API, and leads nowhere",
  async ({ page, weir, experiment_id, expected }) => {
    expected.push(...refusals);
    const run_id = await logRun({ weir, experiment_id }, { run_name: "report" });
    await logArtifact(weir, run_id, "evil.html", attacks(weir.url, run_id));
    const notebook = {
      nbformat: 4,
      cells: [{
        cell_type: "code",
        source: "x",
        outputs: [{ output_type: "display_data", data: { "text/html": attacks(weir.url, run_id) } }],
      }],
    };
    await logArtifact(weir, run_id, "evil.ipynb", JSON.stringify(notebook));
    for (const file of ["evil.html", "evil.ipynb"]) {
      const address = `${weir.url}/runs/${run_id}?tab=artifacts&path=${file}`;
      const downloads: unknown[] = [];
      page.on("download", (download) => downloads.push(download));
      await page.goto(address);
      const said = await tried(page);
      for (const outcome of outcomes) assert.match(said, outcome);
      assert.doesNotMatch(said, /READ|REACHED|OPENED/);
      assert.equal(page.url(), address, "the page was not led elsewhere");
      assert.equal(downloads.length, 0);
      assert.equal((await weir.getRun(run_id)).info.lifecycle_stage, "active");
    }
    // Opened by itself it has an origin of its own, too.
    await page.goto(`/show-artifact?run_id=${run_id}&path=evil.html`);
    await eventually(async () => assert.match(await page.locator("#said").innerText(), /read=refused/));
    assert.match(await page.locator("#said").innerText(), /origin=null\n.*\n?.*cookie=refused/s);
  },
);

pageTest(
  "a hostile SVG, table, text, notebook, Markdown and model run nothing",
  async ({ page, weir, experiment_id, expected }) => {
    expected.push(/ERR_|Failed to load/);
    const run_id = await logRun({ weir, experiment_id }, { run_name: "files" });
    const evil = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
    const files: Record<string, string> = {
      "a.svg":
        `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(3)"><script>alert(4)</script></svg>`,
      "a.csv": `"${evil.replaceAll('"', '""')}",b\n"=cmd|' /C calc'!A0",${evil.replaceAll('"', "")}\n`,
      "a.txt": evil,
      "a.py": `x = """${evil}"""`,
      "a.json": JSON.stringify({ [evil]: [evil, { __proto__: evil, constructor: evil }] }),
      "a.yaml": `? ${JSON.stringify(evil)}\n: !<tag:evil,2026:<script>> ${JSON.stringify(evil)}\n`,
      "a.md":
        `${evil}\n\n[x](javascript:alert(5)) [y](data:text/html,${evil}) ![z](x" onerror="alert(6))\n\n\`\`\`"><script>\n${evil}\n\`\`\``,
      "a.ipynb": JSON.stringify({
        nbformat: 4,
        metadata: { language_info: { name: evil } },
        cells: [
          { cell_type: "markdown", source: evil },
          {
            cell_type: "code",
            source: evil,
            execution_count: 1,
            outputs: [
              { output_type: "stream", text: evil },
              { output_type: "display_data", data: { "text/markdown": evil } },
              {
                output_type: "display_data",
                data: { "image/svg+xml": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(7)"/>` },
              },
            ],
          },
        ],
      }),
      "m/MLmodel":
        `flavors:\n  ${JSON.stringify(evil)}: {x_version: ${JSON.stringify(evil)}, y: ${JSON.stringify(evil)}}\n` +
        `metadata: {${JSON.stringify(evil)}: ${JSON.stringify(evil)}}\nmodel_id: ${JSON.stringify(evil)}\n` +
        `signature: {inputs: ${JSON.stringify(JSON.stringify([{ name: evil, type: evil }]))}}\n`,
    };
    await Promise.all(Object.entries(files).map(([path, body]) => logArtifact(weir, run_id, path, body)));
    for (const path of Object.keys(files)) {
      for (const as of ["", "source", "hex"]) {
        await page.goto(`/runs/${run_id}?tab=artifacts&as=${as}&path=${path}`);
        await page.locator("figure.look").waitFor();
        const found = await page.locator(
          "main script, main [onerror], main [onload], main img[src=x], main a[href^=javascript]",
        )
          .count();
        assert.equal(found, 0, `${path} as ${as}`);
      }
    }
    await page.goto(`/runs/${run_id}?tab=artifacts&path=m`);
    assert.equal(await page.locator("main script, main [onerror]").count(), 0);
  },
);

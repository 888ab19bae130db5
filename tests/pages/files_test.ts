import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";
import { eventually, pageTest } from "../browser.ts";
import { logArtifact, logRun } from "./fill.ts";

/** The page of a run's files, as a browser without JavaScript has it. */
async function filesPage(weir: Weir, run_id: string, query: Record<string, string>): Promise<string> {
  const answer = await weir.app.request(`/runs/${run_id}?${new URLSearchParams({ tab: "artifacts", ...query })}`);
  assert.equal(answer.status, 200);
  return await answer.text();
}

const MLmodel = `flavors:
  python_function: {loader_module: mlflow.sklearn, python_version: 3.11.7}
  sklearn: {sklearn_version: 1.9.1}
model_size_bytes: 7466
saved_input_example_info: {artifact_path: input_example.json, serving_input_path: serving_input_example.json, type: dataframe}
signature:
  inputs: '[{"type": "double", "name": "alcohol", "required": true}]'
`;

Deno.test("an MLmodel is a card, the folder of a model too, with lines that load it and what it needs", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const log = (path: string, body: string) => logArtifact(weir, run_id, path, body);
  await log("model/MLmodel", MLmodel);
  await log("model/requirements.txt", "scikit-learn==1.9.1");
  await log("model/input_example.json", '{"columns": ["alcohol"], "data": [[1.0]]}');
  await log("model/serving_input_example.json", '{\n  "dataframe_split": {\n    "columns": ["it\'s"]\n  }\n}');
  for (const path of ["model", "model/MLmodel"]) {
    const page = await filesPage(weir, run_id, { path });
    for (const words of ["1.9.1", "7.5 KB", "scikit-learn==1.9.1", "<caption>Inputs", "[[1.0]]"]) {
      assert.ok(page.includes(words), `${path}: ${words}`);
    }
    assert.ok(page.includes(`mlflow.sklearn.load_model(&quot;runs:/${run_id}/model&quot;)`));
    assert.ok(page.includes("print(model.predict(model.input_example))"));
    assert.ok(
      page.includes(`{&quot;dataframe_split&quot;: {&quot;columns&quot;: [&quot;it&#39;\\&#39;&#39;s&quot;]}}`),
    );
  }
});

Deno.test("a broken MLmodel says what is wrong, and a bomb of aliases too", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const bomb = [
    "a: &a [x, x]",
    ..."bcdefghijklmnopqrstuv".split("").map((name, i) =>
      `${name}: &${name} [${Array(9).fill(`*${"abcdefghijklmnopqrstu"[i]}`).join(", ")}]`
    ),
  ].join("\n");
  const files = {
    "a/MLmodel": "flavors: [\n",
    "b/MLmodel": bomb,
    "c/MLmodel": "flavors: 3",
    "d/MLmodel": "[".repeat(50_000),
    "e/MLmodel": "? ".repeat(30_000),
    "f/MLmodel": "!!python/object/apply:os.system [rm]",
  };
  for (const [path, body] of Object.entries(files)) await logArtifact(weir, run_id, path, body);
  const told = async (path: string) => /<b>This MLmodel[^]*?<\/p>/.exec(await filesPage(weir, run_id, { path }))?.[0];
  assert.match(await told("a") ?? "", /not YAML that can be read\. Line 2, column 1/);
  assert.match(await told("b") ?? "", /not YAML that can be read\. Excessive alias count/);
  assert.match(await told("c/MLmodel") ?? "", /names no flavors/);
  assert.match(await told("d") ?? "", /not YAML/);
  assert.match(await told("e") ?? "", /nested too deeply/);
  assert.match(await told("f") ?? "", /not a map of names and values/);
});

Deno.test("code has its words told apart, Markdown is rendered, and each has its source", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await logArtifact(weir, run_id, "a.py", 'def f(x):\n    """two\n    lines"""\n    return "<b>"\n');
  await logArtifact(weir, run_id, "b.md", "# Title\n\n*em*");
  // Both take half a minute.
  await logArtifact(weir, run_id, "slow.java", "_$a".repeat(21_000));
  await logArtifact(weir, run_id, "slow.md", `${"[a](".repeat(400)}\n`.repeat(40));
  assert.match(await filesPage(weir, run_id, { path: "slow.java" }), /_\$a_\$a/);
  assert.match(await filesPage(weir, run_id, { path: "slow.md", as: "source" }), /<span>\[a\]\(\[a\]/);
  const code = await filesPage(weir, run_id, { path: "a.py" });
  assert.match(code, /<span><span class="hk">def<\/span> <span class="hf">f<\/span>/);
  assert.match(code, /<span class="hs">&quot;&lt;b&gt;&quot;<\/span>\n<\/span>/);
  assert.match(await filesPage(weir, run_id, { path: "b.md" }), /<em>em<\/em>/);
  assert.match(await filesPage(weir, run_id, { path: "b.md", as: "source" }), /<pre class="file nums"/);
});

Deno.test("YAML is a tree in which aliases stay names and tags mean nothing", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  await logArtifact(weir, run_id, "a.yaml", "base: &b {lr: 1e-3}\nuse: *b\nevil: !!python/object:os.system [rm]\n");
  const page = await filesPage(weir, run_id, { path: "a.yaml" });
  for (const words of ["1e-3", "*b", "!!python/object:os.system", "&amp;b"]) assert.ok(page.includes(words), words);
  const sought = await filesPage(weir, run_id, { path: "a.yaml", look: "SYSTEM" });
  assert.match(sought, /Nothing holds/);
  assert.match(await filesPage(weir, run_id, { path: "a.yaml", look: "RM" }), /1 match of[^]*<mark>rm<\/mark>/);
});

Deno.test("a folder of many files is paged honestly, and searched by name", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const folder = (await weir.getRun(run_id)).info.artifact_uri.replace("mlflow-artifacts:/", "");
  await Deno.mkdir(`${weir.folder}/${folder}/many`, { recursive: true });
  for (let i = 1; i <= 1_200; i++) await Deno.writeTextFile(`${weir.folder}/${folder}/many/f${i}.txt`, "x");
  const names = (page: string) => [...page.matchAll(/<span dir="auto">(f\d+)\.txt</g)].map(([, name]) => name);
  const first = await filesPage(weir, run_id, { path: "many" });
  assert.match(first, /1 to 500 of 1,200/);
  assert.deepEqual([names(first)[0], names(first).length], ["f1", 500]);
  const last = await filesPage(weir, run_id, { path: "many", from: "1000" });
  assert.match(last, /1,001 to 1,200 of 1,200/);
  assert.deepEqual([names(last)[0], names(last).at(-1)], ["f1001", "f1200"]);
  // A file is shown among its neighbours, wherever it stands, and a page that is not there is the last.
  assert.ok(names(await filesPage(weir, run_id, { path: "many/f777.txt" })).includes("f777"));
  assert.equal(names(await filesPage(weir, run_id, { path: "many", from: "99999" }))[0], "f1001");
  const found = await filesPage(weir, run_id, { files: "F120" });
  assert.match(found, /2 files\./);
  assert.ok(found.includes("many/f120.txt") && found.includes("many/f1200.txt"));
});

Deno.test("what frames show is in a sandbox, and nothing else is shown so", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const log = (path: string, body: string) => logArtifact(weir, run_id, path, body);
  await log("a.html", "<script>1</script>");
  await log("a.pdf", "<script>1</script>");
  await log("a.svg", "<svg/>");
  await log(
    "a.ipynb",
    JSON.stringify({
      cells: [{
        cell_type: "code",
        outputs: [{ data: { "text/html": "<b>" } }, { data: { "image/svg+xml": "<svg/>" } }],
      }],
    }),
  );
  const ask = (query: Record<string, string>, init: RequestInit = {}) =>
    weir.app.request(`/show-artifact?${new URLSearchParams({ run_id, ...query })}`, init);
  for (const query of [{ path: "a.html" }, { path: "a.ipynb", part: "0.0" }]) {
    const { headers } = await ask(query);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /^sandbox allow-scripts; default-src 'none';.*frame-ancestors 'self'/);
    assert.doesNotMatch(policy, /allow-same-origin|allow-top|allow-popups|allow-forms|connect-src|https?:|\*/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
  const svg = await ask({ path: "a.ipynb", part: "0.1" });
  assert.equal(svg.headers.get("content-security-policy"), "sandbox; default-src 'none'");
  const pdf = await ask({ path: "a.pdf" }, { headers: { range: "bytes=0-3" } });
  assert.deepEqual([pdf.status, pdf.headers.get("content-type"), await pdf.text()], [206, "application/pdf", "<scr"]);
  assert.match(pdf.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  for (const path of ["a.svg", "a.txt", "../a.html", "x/../a.html", "%2e%2e/a.html", "/a.html", "a.ipynb"]) {
    const { status, headers } = await ask({ path });
    assert.ok(status === 400 || status === 404, path);
    assert.doesNotMatch(headers.get("content-type") ?? "", /html/);
  }
  assert.equal((await ask({ path: "gone.html" })).status, 404);
  assert.equal((await ask({ path: "a.ipynb", part: "9.9" })).status, 404);
  assert.equal((await weir.app.request("/show-artifact?path=a.html")).status, 400);
});

Deno.test("odd files are told what they are: other encodings, bytes, no name that says it, nothing in them", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const log = (path: string, body: BodyInit) => logArtifact(weir, run_id, path, body);
  await log(
    "u16.csv",
    new Uint8Array([0xff, 0xfe, ..."ä,b\n1,2\n".split("").flatMap((char) => [char.charCodeAt(0), 0])]),
  );
  await log("latin.txt", new Uint8Array([0x63, 0x61, 0x66, 0xe9]));
  await log("noext", "words");
  await log("w.bin", new Uint8Array([0x80, 4, 0, 1]));
  await log("empty.pdf", "");
  // The head of a picture of 60,000 by 60,000 pixels.
  await log("bomb.png", Uint8Array.fromHex("89504e470d0a1a0a0000000d494844520000ea600000ea600806000000"));
  await log("short.npy", new Uint8Array([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]));
  await log("big.txt", `first\n${"x".repeat(70_000)}\nthe end`);
  assert.match(await filesPage(weir, run_id, { path: "u16.csv" }), /<bdi>ä<\/bdi>[^]*UTF-16 LE/);
  assert.match(await filesPage(weir, run_id, { path: "latin.txt" }), /café[^]*Latin-1/);
  assert.match(await filesPage(weir, run_id, { path: "noext" }), /words/);
  assert.match(await filesPage(weir, run_id, { path: "w.bin" }), /Python pickle[^]*80 04 00 01/);
  assert.match(await filesPage(weir, run_id, { path: "empty.pdf" }), /The file is empty/);
  assert.match(await filesPage(weir, run_id, { path: "bomb.png" }), /60,000 × 60,000 pixels[^]*So large a picture/);
  assert.match(await filesPage(weir, run_id, { path: "short.npy" }), /NumPy array/);
  const end = await filesPage(weir, run_id, { path: "big.txt", as: "end" });
  assert.match(end, /last 64 KB of 70 KB/);
  assert.ok(end.includes("the end") && !end.includes("first\n"));
  for (const query of [{ as: "x" }, { zoom: "99" }, { from: "-1" }, { from: "NaN" }, { files: "\u202e%_\\" }]) {
    await filesPage(weir, run_id, { path: "noext", ...query });
  }
});

Deno.test("the files of a logged model are shown on its page by the same rules", async () => {
  await using weir = await startWeir();
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0", name: "wine" });
  const { model_id, artifact_uri } = model.info;
  const folder = artifact_uri.replace("mlflow-artifacts:/", "");
  await weir.app.request(`/api/2.0/mlflow-artifacts/artifacts/${folder}/MLmodel`, { method: "PUT", body: MLmodel });
  const page = await (await weir.app.request(`/logged-models/${model_id}`)).text();
  assert.ok(page.includes(`mlflow.sklearn.load_model(&quot;models:/${model_id}&quot;)`));
  assert.ok(page.includes("The input example input_example.json is not there."));
  assert.equal((await weir.app.request("/logged-models/m-none")).status, 404);
});

pageTest("the tree is walked by arrow keys, the picture looked at closely, and the page goes back", async (visit) => {
  const { page, weir, experiment_id } = visit;
  const run_id = await logRun({ weir, experiment_id }, { run_name: "files" });
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="red"/></svg>';
  await logArtifact(weir, run_id, "plots/a.svg", svg);
  await logArtifact(weir, run_id, "plots/b.txt", "hello");
  await page.goto(`/runs/${run_id}?tab=artifacts`);
  const files = page.getByRole("navigation", { name: "Files" });
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-file"));
  await files.getByRole("link", { name: /^plots/ }).focus();
  await page.keyboard.press("ArrowRight");
  await files.getByRole("link", { name: /^a\.svg/ }).waitFor();
  await eventually(async () => assert.equal(await focused(), "plots"));
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "plots/a.svg");
  await page.keyboard.press("Enter");
  const look = page.locator("figure.look");
  await eventually(async () => assert.match(await look.locator("figcaption").innerText(), /40 × 20 pixels/));
  await look.getByRole("link", { name: "400 %" }).click();
  await eventually(async () => assert.equal((await look.locator("img").boundingBox())?.width, 160));
  await page.goBack();
  await eventually(async () => assert.equal((await look.locator("img").boundingBox())?.width, 42));
  await files.getByRole("link", { name: /^a\.svg/ }).focus();
  await page.keyboard.press("ArrowLeft");
  assert.equal(await focused(), "plots");
});

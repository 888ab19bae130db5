/**
 * `deno run -A docs/pictures.ts`: the pictures of README.md and pages.md, of real runs. Starts Weir on a temporary folder, trains
 * `examples/train.py` against it with the Python of the tests (or the one that PYTHON names), registers the best model, and writes
 * what a browser shows into `pictures/` beside this file.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "../tests/browser.ts";
import { clientPython, pythonIsMissing, run, systemPython } from "../tests/clients/python.ts";
import { startServer } from "../tests/server.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The Python that has MLflow's client. */
async function python(): Promise<string> {
  if (process.env.PYTHON) return process.env.PYTHON;
  const made = ["bin/python", "Scripts/python.exe"].map((name) => path(`../.cache/venv/${name}`)).find(existsSync);
  if (made) return made;
  const system = await systemPython();
  if (!system) throw new Error(pythonIsMissing);
  return await clientPython(system);
}

/** Trains the example's runs, and answers their ids. */
async function train(url: string): Promise<string[]> {
  // From its own folder, so that the pictures name no other.
  const settings = { MLFLOW_TRACKING_URI: url, MLFLOW_DISABLE_TELEMETRY: "true" };
  const { success, output } = await run(await python(), ["train.py"], settings, path("../examples"));
  const runs = /^http\S+\/compare\?runs=(\S+)$/m.exec(output)?.[1];
  if (!success || !runs) throw new Error(output);
  return runs.split(",");
}

// deno-lint-ignore no-explicit-any -- answers of every shape
async function call(url: string, method: string, name: string, body: object): Promise<any> {
  const query = method === "GET" ? `?${new URLSearchParams({ ...body })}` : "";
  const answer = await fetch(`${url}/api/2.0/mlflow/${name}${query}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(method !== "GET" && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
  return await answer.json();
}

/** Registers the model of the run that has one, twice: the first is in production, the second waits. */
async function register(url: string, runs: readonly string[]): Promise<string> {
  const name = "wine-cultivar";
  await call(url, "POST", "registered-models/create", {
    name,
    description: "# Which cultivar a wine is of\n\nThirteen measurements, three cultivars, **linear** models.",
    tags: [{ key: "team", value: "cellar" }],
  });
  for (const run_id of runs) {
    const { run } = await call(url, "GET", "runs/get", { run_id });
    const model_id = run.outputs?.model_outputs?.[0]?.model_id;
    if (model_id === undefined) continue;
    for (let version = 1; version <= 2; version++) {
      await call(url, "POST", "model-versions/create", { name, source: `models:/${model_id}`, run_id, model_id });
    }
  }
  await call(url, "POST", "registered-models/alias", { name, alias: "champion", version: "1" });
  await call(url, "POST", "model-versions/transition-stage", {
    name,
    version: "1",
    stage: "Production",
    archive_existing_versions: false,
  });
  return name;
}

interface Project {
  look_id: string;
  sweep_id: string;
}

// deno-lint-ignore no-explicit-any -- answers of every shape
async function weir(url: string, method: string, name: string, body?: object): Promise<any> {
  const answer = await fetch(`${url}/api/weir/1/${name}`, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
  return await answer.json();
}

/** Uploads the example's project, has a worker read it, and sweeps over its parameters to the end. */
async function sweep(url: string): Promise<Project> {
  const folder = path("../examples/project/");
  const form = new FormData();
  for (const name of await readdir(folder)) {
    form.append("files", new File([new Uint8Array(await readFile(folder + name))], `parabola/${name}`));
  }
  // In one piece, so that its length goes along.
  const { headers, body } = new Response(form);
  const { url: asked } = await fetch(`${url}/projects/uploads`, {
    method: "POST",
    headers: { "content-type": headers.get("content-type") ?? "" },
    body: await new Response(body).bytes(),
  });
  const look_id = new URL(asked).searchParams.get("look") ?? "";
  const { look } = await weir(url, "GET", `project-looks/${look_id}`);
  const { sweep: { sweep_id } } = await weir(url, "POST", "sweeps", {
    uri: look.uri,
    run_name: "which step size",
    experiment_name: "parabola",
    method: "bayesian",
    metric: "loss",
    max_trials: 20,
    env_manager: "local",
    space: [
      { key: "alpha", min: 0.001, max: 0.99, log: true },
      { key: "epochs", min: 2, max: 20, step: 2 },
    ],
  });
  while ((await weir(url, "GET", `sweeps/${sweep_id}`)).sweep.state === "running") {
    await new Promise((done) => setTimeout(done, 1000));
  }
  return { look_id, sweep_id };
}

interface Picture {
  /** Of the file, without `.png`. */
  name: string;
  address: string;
  dark?: boolean;
  width?: number;
  height?: number;
}

function pictures(runs: readonly string[], model: string, project: Project): Picture[] {
  const [first = ""] = runs;
  const compared = `/compare?runs=${runs.join(",")}`;
  return [
    { name: "compare", address: compared, width: 1440, height: 940 },
    { name: "compare-dark", address: compared, width: 1440, height: 940, dark: true },
    { name: "experiments", address: "/experiments", height: 400 },
    { name: "runs", address: "/experiments/1" },
    { name: "groups", address: "/experiments/1?group=params.penalty" },
    { name: "charts", address: "/experiments/1/charts" },
    { name: "run", address: `/runs/${first}` },
    { name: "run-narrow", address: `/runs/${first}`, width: 390, height: 844 },
    { name: "artifacts", address: `/runs/${first}?tab=artifacts&path=${encodeURIComponent("files/wine data.csv")}` },
    { name: "models", address: "/models", height: 400 },
    { name: "model", address: `/models/${model}` },
    { name: "version", address: `/models/${model}/versions/1` },
    { name: "launch", address: `/projects/new?look=${project.look_id}`, height: 900 },
    { name: "sweep", address: `/projects/sweeps/${project.sweep_id}`, height: 1340 },
    { name: "jump", address: "/jump?q=wine", height: 400 },
    { name: "bin", address: "/bin", height: 400 },
    { name: "settings", address: "/settings", height: 600 },
  ];
}

async function take(browser: Browser, url: string, picture: Picture): Promise<void> {
  const { name, address, dark = false, width = 1280, height = 800 } = picture;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
  await page.goto(url + address);
  await drawn(page);
  await page.screenshot({ path: path(`pictures/${name}.png`) });
  await page.close();
  process.stdout.write(`${name}\n`);
}

/** Waits until all charts in sight are drawn. */
async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("[data-chart]")].every((chart) =>
      chart.getBoundingClientRect().top > innerHeight || chart.querySelector("canvas:not([hidden])")
    )
  );
}

// Runs of projects find the same Python as the training.
const bin = dirname(await python());
const server = await startServer({ PATH: `${bin}:${process.env.PATH ?? ""}` });
const browser = await openBrowser();
try {
  const runs = await train(server.url);
  const model = await register(server.url, runs);
  const project = await sweep(server.url);
  await mkdir(path("pictures"), { recursive: true });
  for (const picture of pictures(runs, model, project)) await take(browser, server.url, picture);
} finally {
  await browser.close();
  await server.stop();
}

/**
 * `deno run -A docs/picture.ts`: the pictures of the README, of a real comparison. Starts Weir on a temporary folder, trains
 * `examples/train.py` against it with the Python of the tests (or the one that PYTHON names), and writes compare.png and
 * compare-dark.png beside this file.
 */
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
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

/** Trains the example's runs, and answers the address that the script prints at its end: their comparison. */
async function train(url: string): Promise<string> {
  const { success, output } = await run(await python(), [path("../examples/train.py")], {
    MLFLOW_TRACKING_URI: url,
    MLFLOW_DISABLE_TELEMETRY: "true",
  });
  const address = /^http\S+\/compare\?runs=\S+$/m.exec(output)?.[0];
  if (!success || !address) throw new Error(output);
  return address;
}

/** Waits until all charts in sight are drawn. */
async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("[data-chart]")].every((chart) =>
      chart.getBoundingClientRect().top > innerHeight || chart.querySelector("canvas:not([hidden])")
    )
  );
}

const server = await startServer();
const browser = await openBrowser();
try {
  const address = await train(server.url);
  for (const [colorScheme, name] of [["light", "compare.png"], ["dark", "compare-dark.png"]] as const) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 940 }, colorScheme });
    await page.goto(address);
    await drawn(page);
    await page.screenshot({ path: path(name) });
    process.stdout.write(`${path(name)}\n`);
  }
} finally {
  await browser.close();
  await server.stop();
}

import assert from "node:assert/strict";
import axe, { type AxeResults } from "axe-core";
import { pageTest } from "../browser.ts";
import { falling, logRun, type Place } from "./fill.ts";

/** Every colour and every state of a log, and metrics of a machine. */
async function loud(place: Place): Promise<string> {
  const { weir } = place;
  const run_id = await logRun(place, {
    run_name: "loud",
    status: "RUNNING",
    metrics: { loss: falling(5, 0.5), "system/cpu_utilization_percentage": [1, 2, 3], "system/gpu_0_x": [1, 2] },
    tags: { "mlflow.note.content": "# Title\n\n- one\n- [two](https://example.com)\n\n`code`" },
  });
  await logRun(place, { run_name: "nested", tags: { "mlflow.parentRunId": run_id } });
  const numbers = Array.from({ length: 256 }, (_, i) => i);
  const colors = numbers.map((i) => `\x1b[38;5;${i}m ink ${i} \x1b[0m\x1b[48;5;${i}m ground ${i} \x1b[0m\n`).join("");
  const styles = [1, 2, 3, 4, 7, 9].map((i) => `\x1b[${i}mstyle ${i}\x1b[0m`).join(" ");
  const grounds = numbers.slice(0, 16).flatMap((g) => [0, 1, 4, 15].map((f) => `\x1b[48;5;${g};38;5;${f}m x `)).join(
    "",
  );
  const mixed = numbers.filter((i) => i % 5 === 0).map((i) => `\x1b[38;5;${i};48;5;${(i * 7) % 256}m x `).join("");
  const text = `${mixed}\n${colors}${styles}\n${grounds}\x1b[0m\n<script>alert(1)</script> "quotes" שלום\nopen`;
  await weir.ok("POST", "/api/weir/1/runs/logs", { run_id, text });
  await weir.ok("POST", "/api/weir/1/runs/logs", { run_id, text: "warning\n", stream: "stderr" });
  return run_id;
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 360]) {
    pageTest(`a run's tabs of ${width} px in ${colorScheme} colours can be used by everybody`, async (visit) => {
      const { page, ...place } = visit;
      const run_id = await loud(place);
      const address = `/runs/${run_id}`;
      for (const query of ["", "?tab=system", "?tab=log", "?tab=log&q=ink+1", "?tab=log&go=nowhere", "?machine=1"]) {
        await page.goto(address + query);
        await page.locator("details.menu, #description details").evaluateAll((menus) =>
          menus.forEach((menu) => menu.setAttribute("open", ""))
        );
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${query} is ${wide} px wider than the window`);
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
        const found = violations.filter(({ impact }) => impact === "serious" || impact === "critical")
          .flatMap(({ id, nodes }) => nodes.slice(0, 8).map(({ html }) => `${id}: ${html.slice(0, 200)}`));
        assert.deepEqual({ query, found }, { query, found: [] });
      }
    }, { colorScheme, viewport: { width, height: 800 } });
  }
}

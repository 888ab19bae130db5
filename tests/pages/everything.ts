import type { Page } from "playwright-core";
import { falling, logArtifact, logRuns, type Place } from "./fill.ts";

/** Pages with something of everything on them: states, best values, better and worse, tags, files, errors. */
export async function everything(place: Place): Promise<string[]> {
  const { weir, experiment_id } = place;
  const runs = await logRuns(
    place,
    (["FINISHED", "FAILED", "RUNNING"] as const).map((status, i) => ({
      run_name: `run ${i}`,
      status,
      params: { lr: `0.${i + 1}`, model: "vit", seed: "7" },
      metrics: { loss: falling(9, i / 4), acc: [0.5, i / 4], broken: i === 1 ? NaN : 1 },
      tags: { team: "vision", "mlflow.user": "mara", "mlflow.note.content": "What it is about" },
    })),
  );
  const [first = ""] = runs;
  await logArtifact(weir, first, "table.csv", "name,value\na,1\nb,2\n");
  await weir.ok("POST", "experiments/set-experiment-tag", { experiment_id, key: "team", value: "vision" });
  const list = `/experiments/${experiment_id}`;
  return [
    `/experiments?edit=${experiment_id}`,
    list,
    `${list}?runs=${first}&filter=${encodeURIComponent("metrics.loss < 5 and params.model = 'vit'")}`,
    `${list}?filter=metrics.loss+%3D%3D+1`,
    `${list}/models`,
    `${list}/datasets`,
    `${list}/runs/tag?runs=${first}`,
    `${list}/runs/copy?runs=${first}`,
    `/runs/${first}?path=table.csv`,
    `/runs/${runs[1]}?tab=charts`,
    `/compare?runs=${runs.join(",")}&only=all`,
    `/compare?runs=${runs.join(",")},gone&transpose=1`,
    `/compare?runs=${runs.join(",")}&plot=parallel&plot=importance&plot=scatter&plot=bar&plot=box&plot=contour`,
    "/runs/gone",
    "/bin",
    "/jump?q=run",
    "/settings",
    "/docs/api",
  ];
}

export async function openMenus(page: Page): Promise<void> {
  await page.locator("details.menu").evaluateAll((menus) => menus.forEach((menu) => menu.setAttribute("open", "")));
}

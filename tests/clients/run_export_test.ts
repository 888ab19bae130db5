import assert from "node:assert/strict";
import { logRuns } from "../pages/fill.ts";
import { needs } from "../tools.ts";
import { startWeir } from "../weir.ts";
import { clientPython, pythonIsMissing, run, systemPython } from "./python.ts";

const python = await systemPython();

/** What pandas makes of each file. */
const script = `
import json, sys
import pandas as pd
folder = sys.argv[1]
frames = {
    "csv": pd.read_csv(f"{folder}/runs.csv", parse_dates=["start_time"]),
    "jsonl": pd.read_json(f"{folder}/runs.jsonl", lines=True, convert_dates=["start_time"], dtype={"params.lr": str}),
    "parquet": pd.read_parquet(f"{folder}/runs.parquet"),
}
print(json.dumps({name: {
    "types": {column: str(frame[column].dtype) for column in ["run_id", "metrics.loss", "start_time"]},
    "names": frame["run_name"].tolist(),
    "loss": [repr(float(value)) for value in frame["metrics.loss"]],
    "lr": [None if pd.isna(value) else str(value) for value in frame["params.lr"]],
    "text": [None if pd.isna(value) else value for value in frame["params.text"]],
    "start": str(frame["start_time"][0]),
} for name, frame in frames.items()}))
`;

Deno.test(
  "pandas reads an export in every format, with NaN, infinities and times",
  needs(python?.path, pythonIsMissing),
  async () => {
    await using weir = await startWeir();
    const experiment_id = await weir.createExperiment();
    await logRuns({ weir, experiment_id }, [
      {
        run_name: "a",
        start_time: 1_700_000_000_000,
        params: { lr: "0.10", text: 'a,"b"\nللغة' },
        metrics: { loss: NaN },
      },
      { run_name: "b", start_time: 1_700_000_001_000, params: { lr: "-1.5" }, metrics: { loss: Infinity } },
      { run_name: "c", start_time: 1_700_000_002_000, metrics: { loss: -Infinity } },
      { run_name: "d", start_time: 1_700_000_003_000, metrics: { loss: 0.1 + 0.2 } },
    ]);
    const folder = await Deno.makeTempDir({ prefix: "weir-export-" });
    try {
      for (const [format, ending] of [["csv", "csv"], ["json", "jsonl"], ["parquet", "parquet"]]) {
        const answer = await weir.app.request(`/experiments/${experiment_id}/export?format=${format}`);
        await Deno.writeFile(`${folder}/runs.${ending}`, answer.body ?? new Uint8Array());
      }
      const { success, output } = await run(await clientPython(python!), ["-c", script, folder]);
      assert.ok(success, output);
      const frames: Record<string, Record<string, unknown>> = JSON.parse(
        output.split("\n").find((line) => line.startsWith("{")) ?? "",
      );
      for (const [format, frame] of Object.entries(frames)) {
        assert.deepEqual(frame.names, ["d", "c", "b", "a"], format);
        assert.deepEqual(frame.loss, ["0.30000000000000004", "-inf", "inf", "nan"], format);
        assert.deepEqual(frame.text, [null, null, null, 'a,"b"\nللغة'], format);
        assert.match(String(frame.start), /^2023-11-14 22:13:23/, format);
      }
      assert.deepEqual(frames.parquet?.lr, [null, null, "-1.5", "0.10"]);
      assert.equal((frames.parquet?.types as Record<string, string>)["metrics.loss"], "float64");
      assert.match((frames.parquet?.types as Record<string, string>)["start_time"] ?? "", /^datetime64\[ms, UTC\]$/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

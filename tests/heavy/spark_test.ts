import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { sparkBackend } from "../../runners/backends/spark.ts";
import { venvWith } from "../backends/python_venv.ts";
import { hear, run_id, taskOf } from "../backends/tasks.ts";
import { pythonIsMissing, systemPython } from "../clients/python.ts";
import { processesOf } from "../processes.ts";
import { find, needs } from "../tools.ts";

const [java, python] = await Promise.all([find("java"), systemPython()]);
const options = needs(java && python?.path, python ? "Java 17 or later (java) is not on the PATH." : pythonIsMissing);

const script = `
import os, sys, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
total = spark.range(int(sys.argv[1])).selectExpr("sum(id) as total").collect()[0]["total"]
print("total", total, os.environ["MLFLOW_RUN_ID"], spark.sparkContext.appName, flush=True)
if sys.argv[2] == "wait": time.sleep(600)
spark.stop()
sys.exit(int(sys.argv[2]))
`;

Deno.test(
  "PySpark runs an entry point, ends with its code, and with all that it started when cancelled",
  options,
  async () => {
    if (python === undefined) throw new Error(pythonIsMissing);
    const programs = await venvWith(python, "pyspark");
    const folder = await Deno.makeTempDir({ prefix: "weir-spark-test-" });
    try {
      await Deno.writeTextFile(join(folder, "sum.py"), script);
      const start = async (last: string) => {
        const report = hear();
        const task = taskOf([["python", "sum.py", "101", last]], {
          folder,
          environment: { PATH: `${programs}:${Deno.env.get("PATH")}`, HOME: folder },
          config: { master: "local[2]", name: "sums", conf: { "spark.ui.enabled": false, "spark.marked.by": folder } },
        });
        return { report, execution: await sparkBackend.submit(task, report) };
      };
      const good = await start("0");
      deepEqual(await good.execution.watch(good.report), { status: "FINISHED", exit_code: 0 });
      match(good.report.printed("stdout"), new RegExp(`^total 5050 ${run_id} sums$`, "m"));

      const bad = await start("3");
      const ending = await bad.execution.watch(bad.report);
      equal(ending.status, "FAILED");
      equal(ending.reason, `spark-submit ended with exit code ${ending.exit_code}.`);

      const long = await start("wait");
      const watched = long.execution.watch(long.report);
      await long.report.prints("total 5050");
      await long.execution.cancel();
      equal((await watched).status, "KILLED");
      deepEqual(await processesOf(folder), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import type { Task } from "../../runners/backends/backend.ts";
import { openDatabricks } from "../../runners/backends/databricks.ts";
import { emptyProject } from "../../domain/projects/mlproject.ts";
import { startDatabricksStandIn } from "./databricks_stand_in.ts";
import { hear, run_id, taskOf } from "./tasks.ts";

const databricks = openDatabricks({ interval: 20 });
const cluster = { spark_version: "16.4.x-scala2.12", node_type_id: "i3.xlarge", num_workers: 1 };
const linux = { ignore: Deno.build.os !== "linux" };

Deno.test("Databricks gets the project's files once, and a command that runs it in its run", linux, async () => {
  await using workspace = await startDatabricksStandIn();
  await using folder = await project({ "train.py": "print('hi')", "mlruns/x": "left out", "ä b/c": "deep" });
  const task = taskOf([["python", "train.py"]], {
    folder: folder.path,
    config: cluster,
    environment: workspace.environment,
    parameters: [["alpha", "0.5"], ["text", "it's $HOME; `x`"]],
  });
  const report = hear();
  const execution = await databricks.submit(task, report);
  const watched = execution.watch(report);
  const [run] = workspace.runs;
  ok(run);
  deepEqual(run.submitted.new_cluster, cluster);
  deepEqual(run.submitted.libraries, [{ pypi: { package: "mlflow==3.17.2" } }]);
  deepEqual(run.submitted.shell_command_task?.env_vars, task.variables);
  const mlflow = 'echo "project: $(cd "$2" && find . -type f | sort | tr "\\n" " ")"; shift 2; printf "<%s>" "$@"';
  await workspace.execute(run, { mlflow });
  deepEqual(await watched, { status: "FINISHED" });
  equal(
    report.printed(),
    "project: ./train.py ./ä b/c \n<--entry-point><main>" +
      `<-c><{"_mlflow_local_backend_run_id":"${run_id}"}><-P><alpha=0.5><-P><text=it's $HOME; \`x\`>`,
  );
  deepEqual(report.tags, {
    "mlflow.databricks.runURL": "https://workspace.example/#job/77/run/1",
    "mlflow.databricks.shellJobID": "77",
    "mlflow.databricks.shellJobRunID": "1",
    "mlflow.databricks.webappURL": workspace.url,
  });
  await databricks.submit(task, hear());
  equal(workspace.calls.filter((call) => call === "POST dbfs/create").length, 1, "the same files are not sent again");
  match((await workspace.dbfs()).join(), /^\/mlflow-experiments\/7\/projects-code\/[0-9a-f]{64}\.tar\.gz$/);
});

Deno.test("a project's files of megabytes arrive in blocks", linux, async () => {
  await using workspace = await startDatabricksStandIn();
  await using folder = await project({});
  const noise = Uint8Array.from({ length: 2_500_000 }, () => Math.random() * 256);
  await Deno.writeFile(join(folder.path, "data"), noise);
  const task = taskOf([["true"]], { folder: folder.path, config: cluster, environment: workspace.environment });
  await databricks.submit(task, hear());
  equal(workspace.calls.filter((call) => call === "POST dbfs/add-block").length, 3);
  const [run] = workspace.runs;
  ok(run);
  await workspace.execute(run, { mlflow: 'sha256sum < "$2/data"' });
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", noise)).toHex();
  equal(run.logs, `${hash}  -\n`);
});

Deno.test("a databricks_spark_job runs its file with its parameters in the unpacked project", linux, async () => {
  await using workspace = await startDatabricksStandIn();
  await using folder = await project({
    "jobs/sum.py": "import os, sys, helper\nprint(sys.argv, os.environ['MLFLOW_RUN_ID'], helper.name, __name__)",
    "jobs/helper.py": "name = 'helped'",
  });
  const job = { python_file: "jobs/sum.py", parameters: ["a b", "1"], python_libraries: ["tensorflow"] };
  const task: Task = {
    ...taskOf([], { folder: folder.path, config: { existing_cluster_id: "1-2" }, environment: workspace.environment }),
    project: { ...emptyProject, databricks_spark_job: job },
  };
  const report = hear();
  const execution = await databricks.submit(task, report);
  const [run] = workspace.runs;
  ok(run);
  equal(run.submitted.existing_cluster_id, "1-2");
  deepEqual(run.submitted.libraries, [{ pypi: { package: "tensorflow" } }]);
  await workspace.execute(run);
  deepEqual(await execution.watch(report), { status: "FINISHED" });
  equal(report.printed(), `['jobs/sum.py', 'a b', '1'] ${run_id} helped __main__\n`);
});

Deno.test("a run's end on Databricks is the run's end, with its reason", linux, async () => {
  await using workspace = await startDatabricksStandIn();
  await using folder = await project({});
  const start = async () => {
    const task = taskOf([["true"]], { folder: folder.path, config: cluster, environment: workspace.environment });
    const execution = await databricks.submit(task, hear());
    const run = workspace.runs.at(-1);
    ok(run);
    return { execution, run, ended: execution.watch(hear()) };
  };
  const failed = await start();
  await workspace.execute(failed.run, { mlflow: "exit 1" });
  deepEqual(await failed.ended, { status: "FAILED", reason: "Databricks ended the run as FAILED: Workload failed" });

  const broken = await start();
  broken.run.state = { life_cycle_state: "INTERNAL_ERROR", state_message: "Cluster terminated" };
  deepEqual(await broken.ended, {
    status: "FAILED",
    reason: "Databricks ended the run as INTERNAL_ERROR: Cluster terminated",
  });

  const cancelled = await start();
  await cancelled.execution.cancel();
  await cancelled.execution.cancel();
  equal((await cancelled.ended).status, "KILLED");
  equal(workspace.calls.filter((call) => call === "POST jobs/runs/cancel").length, 1);
});

Deno.test(
  "a workspace that is away for a while loses nothing, and a run that it knows no more is lost",
  linux,
  async () => {
    await using workspace = await startDatabricksStandIn();
    await using folder = await project({});
    const task = taskOf([["true"]], { folder: folder.path, config: cluster, environment: workspace.environment });
    const first = await databricks.submit(task, hear());
    const report = hear();
    const again = await databricks.resume?.(JSON.parse(JSON.stringify(first.reference)), task);
    const watched = again?.watch(report);
    workspace.fail(503);
    await report.says("is not heard of, which is tried again: Databricks answers 503");
    workspace.fail(undefined);
    await report.says("is heard of again");
    workspace.runs.length = 0;
    deepEqual(await watched, {
      status: "FAILED",
      reason:
        "The run 1 of Databricks was lost: Databricks answers 400 to 2.0/jobs/runs/get: INVALID_PARAMETER_VALUE: Run 1 does not exist.",
    });
  },
);

Deno.test("what Databricks cannot run is refused, with the key and what was expected", linux, async () => {
  await using workspace = await startDatabricksStandIn();
  await using folder = await project({});
  const submit = (config: Record<string, unknown>, more: Partial<Task> = {}) =>
    databricks.submit(
      taskOf([["true"]], { folder: folder.path, config, environment: workspace.environment, ...more }),
      hear(),
    );
  const wrong = "The configuration of the backend 'databricks' is wrong:";
  await rejects(submit({}), { message: `${wrong} it needs new_cluster, or else existing_cluster_id.` });
  await rejects(submit({ new_cluster: 1 }), { message: `${wrong} 'new_cluster' must be an object.` });
  await rejects(
    submit({ new_cluster: {}, libs: [] }),
    /it knows no 'libs'; the keys are new_cluster, existing_cluster_id, libraries/,
  );
  await rejects(submit({ ...cluster, num_workers: -1 }), {
    code: "INVALID_PARAMETER_VALUE",
    message: "Databricks answers 400 to 2.0/jobs/runs/submit: INVALID_PARAMETER_VALUE: num_workers is negative.",
  });
  await rejects(submit(cluster, { variables: { MLFLOW_TRACKING_URI: "http://localhost:5000" } }), /does not reach/);
  const environment = { HOME: folder.path };
  await rejects(
    submit(cluster, { environment }),
    /set DATABRICKS_HOST and DATABRICKS_TOKEN, or give them to \[DEFAULT\]/,
  );
  const { DATABRICKS_HOST, DATABRICKS_TOKEN } = workspace.environment;
  const sections =
    `[DEFAULT]\nhost = http://127.0.0.1:1\n[mine]\n# a note\nhost = ${DATABRICKS_HOST}\ntoken=${DATABRICKS_TOKEN}\n`;
  await Deno.writeTextFile(join(folder.path, ".databrickscfg"), sections);
  await submit(cluster, { environment: { ...environment, DATABRICKS_CONFIG_PROFILE: "mine" } });
});

async function project(contents: Record<string, string>): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "weir-project-" });
  for (const [name, text] of Object.entries(contents)) {
    await Deno.mkdir(join(path, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(path, name), text);
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

import { deepEqual, match, rejects } from "node:assert/strict";
import { openBackend } from "../../runners/backends/open.ts";
import { sparkBackend, submitted } from "../../runners/backends/spark.ts";
import { hear, taskOf } from "./tasks.ts";

const step = (...argv: [string, ...string[]]) => ({ argv, variables: {} });

Deno.test("an entry point of Spark is started by spark-submit with the configuration in front", () => {
  const config = {
    master: "yarn",
    "deploy-mode": "client" as const,
    packages: ["a:b:1", "c:d:2"],
    conf: { "spark.ui.enabled": "false" },
  };
  const front = "--master yarn --deploy-mode client --packages a:b:1,c:d:2 --conf spark.ui.enabled=false".split(" ");
  const of = (...argv: [string, ...string[]]) => submitted(step(...argv), config);
  deepEqual(of("python", "train.py", "--alpha", "0.5"), {
    args: [...front, "train.py", "--alpha", "0.5"],
    python: undefined,
  });
  deepEqual(of("/env/bin/python3.12", "train.py"), { args: [...front, "train.py"], python: "/env/bin/python3.12" });
  deepEqual(of("spark-submit", "--class", "A", "x.jar", "y"), {
    args: [...front, "--class", "A", "x.jar", "y"],
    python: undefined,
  });
});

Deno.test("what spark-submit cannot start is refused before anything runs", () => {
  const wrong: [string, ...string[]][] = [["python", "-m", "train"], ["bash", "x.sh"], ["python"], ["-x.py"]];
  for (const argv of wrong) {
    let message = "";
    try {
      submitted(step(...argv), {});
    } catch (error) {
      message = String(error);
    }
    match(message, /The backend 'spark' starts spark-submit, a file \.py/);
  }
});

Deno.test("a configuration is refused with the key and what was expected", async () => {
  const submit = (config: Record<string, unknown>) =>
    sparkBackend.submit(taskOf([["python", "x.py"]], { config }), hear());
  const refused = (reason: string) => ({
    code: "INVALID_PARAMETER_VALUE",
    message: `The configuration of the backend 'spark' is wrong: ${reason}`,
  });
  await rejects(submit({ "deploy-mode": "far" }), refused("'deploy-mode' must be client or cluster."));
  await rejects(submit({ packages: ["a", 1] }), refused("'packages.1' must be a text."));
  await rejects(submit({ conf: [] }), refused("'conf' must be an object of names and texts."));
  await rejects(submit({ master: "a\nb" }), refused("'master' must be a text of one line, and not empty."));
  await rejects(submit({ mister: "x" }), /it knows no 'mister'; the keys are master, deploy-mode, /);
});

Deno.test("a machine without Spark is told apart from a project that is wrong", async () => {
  const task = taskOf([["python", "x.py"]], { environment: { PATH: "/nowhere" } });
  await rejects(sparkBackend.submit(task, hear()), /^ApiError: The program spark-submit is not on the PATH/);
});

Deno.test("a backend that is none is answered with those that are", async () => {
  await rejects(openBackend("slurm"), {
    code: "INVALID_PARAMETER_VALUE",
    message: /^There is no backend "slurm"\. The backends are local, .*docker.*\.$/,
  });
  for (const name of ["local", "docker", "kubernetes", "databricks", "sagemaker", "spark"]) {
    deepEqual((await openBackend(name)).name, name);
  }
});

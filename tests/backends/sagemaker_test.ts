import { deepEqual, equal, match, partialDeepStrictEqual, rejects } from "node:assert/strict";
import { DescribeTrainingJobCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { Task } from "../../runners/backends/backend.ts";
import { endingOf, openSageMaker } from "../../runners/backends/sagemaker.ts";
import { pythonIsMissing, systemPython } from "../clients/python.ts";
import { freePort, needs } from "../tools.ts";
import { venvWith } from "./python_venv.ts";
import { startSageMakerStandIn } from "./sagemaker_stand_in.ts";
import { hear, run_id, taskOf } from "./tasks.ts";

const python = await systemPython();
const sagemaker = openSageMaker({ interval: 20 });
const config = {
  role_arn: "arn:aws:iam::123456789012:role/training",
  output_path: "s3://bucket/models",
  region: "eu-west-1",
};

const taskAt = (url: string, more: Partial<Task> = {}): Task =>
  taskOf([["python", "train.py", "--alpha", "0.5"]], {
    name: "My Project",
    docker_env: { image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1", environment: [["GIVEN", "1"]] },
    config,
    environment: { PATH: "", AWS_ENDPOINT_URL_SAGEMAKER: url, AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "hush" },
    ...more,
  });

Deno.test(
  "moto takes a project's training job as SageMaker's API describes it",
  needs(python?.path, pythonIsMissing),
  async () => {
    if (python === undefined) throw new Error(pythonIsMissing);
    await using moto = await startMoto(python);
    const vpc = { subnets: ["subnet-1"], security_group_ids: ["sg-1"] };
    const report = hear();
    const task = taskAt(moto.url, {
      config: { ...config, ...vpc, instance_type: "ml.g5.xlarge", max_wait_seconds: 90_000 },
    });
    const execution = await sagemaker.submit(task, report);
    const TrainingJobName = String(execution.reference?.job);
    match(TrainingJobName, /^my-project-\d{17}-01234567$/);
    const client = new SageMakerClient({
      region: "eu-west-1",
      endpoint: moto.url,
      credentials: { accessKeyId: "key", secretAccessKey: "hush" },
    });
    const job = await client.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    client.destroy();
    deepEqual(job.AlgorithmSpecification?.ContainerEntrypoint, ["python"]);
    deepEqual(job.AlgorithmSpecification?.ContainerArguments, ["train.py", "--alpha", "0.5"]);
    deepEqual(job.ResourceConfig, { InstanceType: "ml.g5.xlarge", InstanceCount: 1, VolumeSizeInGB: 30 });
    deepEqual(job.VpcConfig, { Subnets: ["subnet-1"], SecurityGroupIds: ["sg-1"] });
    deepEqual(await execution.watch(report), { status: "FINISHED" });
    equal(report.tags["weir.sagemaker.jobName"], TrainingJobName);
    match(
      report.tags["weir.sagemaker.logURL"] ?? "",
      /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/cloudwatch\/home/,
    );
    equal(report.tags["mlflow.docker.image.uri"], "123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1");

    const lost = await sagemaker.resume?.({ job: "never-was", region: "eu-west-1" }, task);
    match(
      (await lost?.watch(hear()))?.reason ?? "",
      /^The training job never-was of SageMaker was lost: Could not find/,
    );
  },
);

Deno.test("a training job's end is the run's end, whoever watches it", async () => {
  await using aws = startSageMakerStandIn();
  const task = taskAt(aws.url);
  const first = await sagemaker.submit(task, hear());
  const again = await sagemaker.resume?.(JSON.parse(JSON.stringify(first.reference)), task);
  const ended = [first.watch(hear()), again?.watch(hear())];
  // moto forgets the environment.
  partialDeepStrictEqual(aws.asked, { Environment: { GIVEN: "1", ...task.variables } });
  aws.job = {
    TrainingJobStatus: "Failed",
    SecondaryStatus: "Failed",
    FailureReason: "AlgorithmError: ExecuteUserScriptError",
  };
  for (const ending of await Promise.all(ended)) {
    equal(ending?.status, "FAILED");
    match(ending?.reason ?? "", /failed: AlgorithmError: ExecuteUserScriptError$/);
  }
});

Deno.test("cancel stops a training job once, and leaves one alone that has ended", async () => {
  await using aws = startSageMakerStandIn();
  const execution = await sagemaker.submit(taskAt(aws.url), hear());
  const watched = execution.watch(hear());
  await execution.cancel();
  await execution.cancel();
  equal((await watched).status, "KILLED");
  equal(aws.calls.filter((call) => call === "StopTrainingJob").length, 1);

  const done = await sagemaker.submit(taskAt(aws.url), hear());
  aws.job = { TrainingJobStatus: "Completed" };
  await done.cancel();
  deepEqual(await done.watch(hear()), { status: "FINISHED" });

  const gone = await sagemaker.submit(taskAt(aws.url), hear());
  aws.job = undefined;
  match((await gone.watch(hear())).reason ?? "", /was lost: Requested resource not found\.$/);
});

Deno.test("a training job that took too long has failed", () => {
  const states = ["InProgress", "Stopping", "Stopped", "Completed"];
  deepEqual(states.map((TrainingJobStatus) => endingOf({ TrainingJobStatus }, "It")?.status), [
    undefined,
    undefined,
    "KILLED",
    "FINISHED",
  ]);
  const late = { TrainingJobStatus: "Stopped", SecondaryStatus: "MaxRuntimeExceeded" };
  deepEqual(endingOf(late, "It"), { status: "FAILED", reason: "It took too long (MaxRuntimeExceeded)." });
});

Deno.test("what SageMaker cannot run is refused before it is asked", async () => {
  await using aws = startSageMakerStandIn();
  const submit = (more: Record<string, unknown>, task: Partial<Task> = {}) =>
    sagemaker.submit(taskAt(aws.url, { config: { ...config, ...more }, ...task }), hear());
  const wrong = (reason: string) => ({
    code: "INVALID_PARAMETER_VALUE",
    message: `The configuration of the backend 'sagemaker' is wrong: ${reason}`,
  });
  const { role_arn: _, ...without } = config;
  await rejects(submit({}, { config: without }), /'role_arn' is missing: it must be a text/);
  await rejects(
    submit({ output_path: "/tmp" }),
    wrong("'output_path' must be a place in S3, such as s3://bucket/prefix."),
  );
  await rejects(submit({ instance_count: 0 }), wrong("'instance_count' must be a whole number from 1 up."));
  await rejects(submit({ subnets: ["a"] }), wrong("subnets and security_group_ids go together."));
  await rejects(submit({ instance: "x" }), /it knows no 'instance'; the keys are role_arn, output_path/);
  await rejects(submit({ instance_type: "big" }), /'instance_type' must be one of SageMaker's/);
  const long = { MLFLOW_TRACKING_URI: "http://weir.example", LONG: "x".repeat(513) };
  await rejects(submit({}, { variables: long }), /variables of 512 letters; LONG is longer/);
  await rejects(submit({}, { variables: { MLFLOW_RUN_ID: run_id } }), /MLFLOW_TRACKING_URI is not set/);
  deepEqual(aws.calls, []);
});

async function startMoto(python: { path: string; version: string }): Promise<{ url: string } & AsyncDisposable> {
  const programs = await venvWith(python, "moto");
  const port = freePort();
  const child = new Deno.Command(`${programs}/moto_server`, {
    args: ["-H", "127.0.0.1", "-p", String(port)],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  const there = () =>
    fetch(`${url}/moto-api/`).then((response) => response.body?.cancel().then(() => true), () => false);
  for (let tries = 600; !await there(); tries--) {
    if (tries === 0) throw new Error("moto has not started.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { dockerBackend, plan } from "../../runners/backends/docker.ts";
import { processesOf } from "../processes.ts";
import { startDockerStandIn } from "./docker_stand_in.ts";
import { hear, run_id, taskOf } from "./tasks.ts";

const posix = { ignore: Deno.build.os === "windows" };
const nothing = { volumes: [], variables: {} };

Deno.test("a project's container has the project's files, the run's variables and what was copied", posix, async () => {
  await using engine = await startDockerStandIn(["python:3.12"]);
  await using folder = await files({ "here.txt": "the project's file\n" });
  const task = taskOf([["sh", "-c", "cat here.txt; echo $MLFLOW_RUN_ID $COPIED $GIVEN $MLFLOW_TRACKING_TOKEN"]], {
    docker_env: { environment: ["COPIED", ["GIVEN", "a b"]], volumes: ["/data:/in:ro"] },
    folder: folder.path,
    environment: { ...engine.environment, COPIED: "from outside" },
    docker_args: [["user", "1000:1000"], ["privileged", ""], ["m", "1g"]],
  });
  const report = hear();
  const execution = await dockerBackend.submit(task, report);
  deepEqual(await execution.watch(report), { status: "FINISHED", exit_code: 0 });
  equal(report.printed("stdout"), `the project's file\n${run_id} from outside a b token-of-the-run\n`);
  deepEqual(report.tags, {
    "mlflow.project.env": "docker",
    "mlflow.docker.image.uri": "python:3.12",
    "mlflow.docker.image.id": "sha256:python-3-12",
  });
  const calls = await engine.calls();
  const run = calls.at(-1)?.argv.join(" ") ?? "";
  match(run, /^run --rm --name weir-\w{32} --mount type=bind,source=[^ ]+,target=\/mlflow\/projects\/code\/ --workdir/);
  match(run, / --user=1000:1000 --privileged -m 1g --volume \/data:\/in:ro -e COPIED -e GIVEN -e MLFLOW_RUN_ID/);
  ok(!calls.some(({ argv }) => argv.join(" ").includes("token-of-the-run")), "no secret on a command line");
});

Deno.test("an image that is not there is pulled, and docker's words are told when it cannot be", posix, async () => {
  await using engine = await startDockerStandIn();
  const submit = (image: string) =>
    dockerBackend.submit(taskOf([["true"]], { docker_env: { image }, environment: engine.environment }), report);
  const report = hear();
  await submit("alpine:3");
  deepEqual(report.said, ["Pulling the image alpine:3"]);
  match(report.printed(), /Downloaded newer image/);
  await rejects(submit("absent/image"), {
    code: "INVALID_PARAMETER_VALUE",
    message: "The image absent/image cannot be pulled: Error response from daemon: pull access denied for absent/image",
  });
  await rejects(submit("--privileged"), /must be the name of an image/);
});

Deno.test("--build-image puts the project's files on top of the project's image", posix, async () => {
  await using engine = await startDockerStandIn(["python:3.12"]);
  await using folder = await files({ MLproject: "" });
  const report = hear();
  const task = taskOf([["true"]], {
    name: "My Project!",
    docker_env: {},
    build_image: true,
    folder: folder.path,
    environment: engine.environment,
  });
  const execution = await dockerBackend.submit(task, report);
  deepEqual(await execution.watch(report), { status: "FINISHED", exit_code: 0 });
  const calls = await engine.calls();
  const build = calls.find(({ argv }) => argv[0] === "build");
  equal(build?.dockerfile, "FROM python:3.12\nCOPY . /mlflow/projects/code/\nWORKDIR /mlflow/projects/code/\n");
  equal(build?.argv.at(-1), folder.path);
  equal(report.tags["mlflow.docker.image.uri"], "my-project");
  ok(!calls.at(-1)?.argv.includes("--mount"), "the files are in the image");
});

Deno.test("a container's program that fails ends the run with its code and a reason", posix, async () => {
  await using engine = await startDockerStandIn(["python:3.12"]);
  const end = async (...argv: [string, ...string[]]) => {
    const task = taskOf([argv], { docker_env: {}, environment: engine.environment });
    const execution = await dockerBackend.submit(task, hear());
    return await execution.watch(hear());
  };
  deepEqual(await end("sh", "-c", "exit 3"), {
    status: "FAILED",
    exit_code: 3,
    reason: "The entry point ended with 3.",
  });
  const absent = await end("no-such-program");
  equal(absent.exit_code, 127);
  match(absent.reason ?? "", /^The program of the entry point is not in the container: docker: Error/);
});

Deno.test("several programs run one after the other in one container, until one fails", posix, async () => {
  await using engine = await startDockerStandIn(["python:3.12"]);
  const steps = [
    { argv: ["sh", "-c", "echo one $A '$B' > x; cat x"], variables: { A: "it's" } },
    { argv: ["cat", "x"], variables: {} },
    { argv: ["false"], variables: {} },
    { argv: ["echo", "never"], variables: {} },
  ] as const;
  await using folder = await files({});
  const report = hear();
  const task = taskOf([], { docker_env: {}, environment: engine.environment, folder: folder.path, steps });
  const execution = await dockerBackend.submit(task, report);
  equal((await execution.watch(report)).exit_code, 1);
  equal(report.printed("stdout"), "one it's $B\none it's $B\n");
});

Deno.test("cancel stops the container and all that runs in it", posix, async () => {
  await using engine = await startDockerStandIn(["python:3.12"]);
  await using folder = await files({});
  const report = hear();
  const line = `trap 'echo stopping; exit 0' TERM; echo ready ${folder.path}; while :; do sleep 0.1; done`;
  const task = taskOf([["sh", "-c", line]], { docker_env: {}, environment: engine.environment, folder: folder.path });
  const execution = await dockerBackend.submit(task, report);
  const watched = execution.watch(report);
  await report.prints("ready");
  await Promise.all([execution.cancel(), execution.cancel()]);
  deepEqual(await watched, { status: "KILLED" });
  match(report.printed(), /stopping/);
  deepEqual((await engine.calls()).map(({ argv }) => argv.join(" ")).filter((line) => line.startsWith("stop")), [
    `stop -t 10 weir-${run_id}`,
  ]);
  deepEqual(await processesOf(folder.path), []);
});

Deno.test("a run that is cancelled before its container has started never starts one", posix, async () => {
  await using engine = await startDockerStandIn(["python:3.12"]);
  const task = taskOf([["echo", "started"]], { docker_env: {}, environment: engine.environment });
  const report = hear();
  const execution = await dockerBackend.submit(task, report);
  await execution.cancel();
  deepEqual(await execution.watch(report), { status: "KILLED" });
  equal(report.printed(), "");
});

Deno.test("a variable that the project copies and nobody has set is named", posix, async () => {
  await using engine = await startDockerStandIn();
  const task = taskOf([["true"]], { docker_env: { environment: ["NOT_THERE"] }, environment: engine.environment });
  await rejects(dockerBackend.submit(task, hear()), {
    code: "INVALID_PARAMETER_VALUE",
    message:
      "docker_env.environment of the project copies the variable NOT_THERE, which is not set where the run is started.",
  });
  deepEqual(await engine.calls(), []);
});

Deno.test("a project cannot make docker another program by its variables", () => {
  const docker_env = { environment: [["LD_PRELOAD", "/in/x.so"], ["DOCKER_HOST", "tcp://x"], ["OWN", "1"]] as const };
  const { args, environment } = plan(taskOf([["true"]], { docker_env }), nothing, "linux");
  ok(args.includes("LD_PRELOAD=/in/x.so") && args.includes("DOCKER_HOST=tcp://x") && args.includes("OWN"));
  deepEqual(Object.keys(environment).filter((name) => !name.startsWith("MLFLOW_")), ["OWN"]);
});

Deno.test("a container reaches a tracking server on loopback, unless the arguments decide about its network", () => {
  const variables = { MLFLOW_TRACKING_URI: "http://localhost:5000" };
  const of = (os: string, docker_args: [string, string][] = []) =>
    plan(taskOf([["true"]], { docker_env: {}, variables, docker_args }), nothing, os);
  ok(of("linux").args.join(" ").includes("--network host"));
  equal(of("darwin").environment.MLFLOW_TRACKING_URI, "http://host.docker.internal:5000");
  ok(!of("linux", [["network", "mine"]]).args.includes("host"));
  const far = plan(taskOf([["true"]], { docker_env: {} }), nothing, "linux");
  ok(!far.args.includes("--network"));
});

Deno.test("docker arguments that are none, or that would lose the container, are refused", () => {
  const of = (...docker_args: [string, string][]) =>
    plan(taskOf([["true"]], { docker_env: {}, docker_args }), nothing, "linux");
  for (const name of ["", "-v", "a b", "detach", "name", "x=1"]) {
    let message = "";
    try {
      of([name, "x"]);
    } catch (error) {
      message = String(error);
    }
    match(message, /^ApiError: -A .*(is no argument of docker run|cannot be given)/, name);
  }
});

Deno.test(
  "the credentials of the artifacts' store go into the container as MLflow hands them over",
  posix,
  async () => {
    await using engine = await startDockerStandIn(["python:3.12"]);
    const task = taskOf([["sh", "-c", "echo $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY"]], {
      docker_env: {},
      artifact_uri: "s3://bucket/7/run/artifacts",
      environment: {
        ...engine.environment,
        HOME: "/nonexistent",
        AWS_ACCESS_KEY_ID: "key",
        AWS_SECRET_ACCESS_KEY: "hush",
      },
    });
    const report = hear();
    await (await dockerBackend.submit(task, report)).watch(report);
    equal(report.printed("stdout"), "key hush\n");
  },
);

async function files(contents: Record<string, string>): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "weir-project-" });
  for (const [name, text] of Object.entries(contents)) await Deno.writeTextFile(join(path, name), text);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import type { Task } from "../../runners/backends/backend.ts";
import { openKubernetes } from "../../runners/backends/kubernetes.ts";
import { needs } from "../tools.ts";
import { startDockerStandIn } from "./docker_stand_in.ts";
import { kubernetesIsMissing, kubernetesTool, startCluster, type TestCluster, until } from "./kubernetes_cluster.ts";
import { startNode } from "./kubernetes_node.ts";
import { hear, run_id, taskOf } from "./tasks.ts";

const options = needs(kubernetesTool, kubernetesIsMissing);
const kubernetes = openKubernetes({ interval: 100 });

const template = `
apiVersion: batch/v1
kind: Job
metadata:
  name: "{replaced with MLflow Project name}"
  namespace: default
spec:
  backoffLimit: 0
  template:
    spec:
      containers:
      - name: "{replaced}"
        image: "{replaced}"
        command: ["{replaced}"]
        env:
        - {name: KEPT, value: "of the template"}
        - {name: MLFLOW_RUN_ID, value: "replaced"}
      restartPolicy: Never
`;

/** A task whose one program is this shell line. */
async function taskFor(cluster: TestCluster, line: string, more: Parameters<typeof taskOf>[1] = {}): Promise<Task> {
  const path = join(cluster.folder, "job.yaml");
  await Deno.writeTextFile(path, template);
  const KUBECONFIG = await cluster.kubeconfig({ token: cluster.token });
  return taskOf([["sh", "-c", line]], {
    name: "My Project",
    docker_env: { environment: [["GIVEN", "in the project"]] },
    config: { "kube-job-template-path": path },
    ...more,
    environment: { PATH: "", KUBECONFIG, ...more.environment },
  });
}

const jobs = "/apis/batch/v1/namespaces/default/jobs";

Deno.test("Kubernetes runs a project as a Job", options, async (t) => {
  await using cluster = await startCluster();
  await using node = await startNode(cluster);

  await t.step("with MLflow's substitutions, its log, and secrets that no Job shows", async () => {
    const line = "echo run $MLFLOW_RUN_ID $KEPT, $GIVEN; echo token $MLFLOW_TRACKING_TOKEN; printf 'no end'";
    const report = hear();
    const execution = await kubernetes.submit(await taskFor(cluster, `${line}; echo`), report);
    const name = String(execution.reference?.job);
    match(name, /^my-project-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-\d{6}$/);
    const job = JSON.stringify(await cluster.ask("GET", `${jobs}/${name}`));
    ok(!job.includes("token-of-the-run"));
    deepEqual(await execution.watch(report), { status: "FINISHED", exit_code: 0 });
    equal(report.printed(), `run ${run_id} of the template, in the project\ntoken token-of-the-run\nno end\n`);
    deepEqual(report.tags, { "mlflow.project.env": "docker", "mlflow.docker.image.uri": "python:3.12" });
    await rejects(cluster.ask("GET", `/api/v1/namespaces/default/secrets/${name}`), /404/);
    const container = /"containers":\[(.*?)\],"restartPolicy"/.exec(job)?.[1] ?? "";
    match(container, /"name":"my-project","image":"python:3.12","command":\["sh","-c",/);
  });

  await t.step("and tells why it failed", async () => {
    const report = hear();
    const execution = await kubernetes.submit(await taskFor(cluster, "echo oh; exit 3"), report);
    const ending = await execution.watch(report);
    equal(ending.status, "FAILED");
    equal(ending.exit_code, 3);
    match(ending.reason ?? "", /BackoffLimitExceeded: Job has reached.*; its container ended with 3 \(Error\)/);
    equal(report.printed(), "oh\n");
  });

  await t.step("hands on every line once, whatever connections break", async () => {
    const report = hear();
    const line = "i=0; while [ $i -lt 60 ]; do echo line $i of the log; i=$((i+1)); sleep 0.05; done";
    const execution = await kubernetes.submit(await taskFor(cluster, line), report);
    const watched = execution.watch(report);
    for (const part of ["line 5 of", "line 20 of", "line 40 of"]) {
      await report.prints(part);
      node.breakLogs();
    }
    equal((await watched).status, "FINISHED");
    equal(report.printed(), Array.from({ length: 60 }, (_, at) => `line ${at} of the log\n`).join(""));
  });

  await t.step("cancel deletes the Job with all that it started", async () => {
    const report = hear();
    const execution = await kubernetes.submit(await taskFor(cluster, "echo ready; sleep 600"), report);
    const watched = execution.watch(report);
    await report.prints("ready");
    await execution.cancel();
    await execution.cancel();
    deepEqual(await watched, { status: "KILLED" });
    await until(() => node.pids().length === 0);
    await rejects(cluster.ask("GET", `${jobs}/${execution.reference?.job}`), /404/);
    // The garbage collector deletes it.
    await until(() =>
      cluster.ask("GET", `/api/v1/namespaces/default/secrets/${execution.reference?.job}`).then(() => false, () => true)
    );
  });

  await t.step("a Job that somebody else deletes is lost", async () => {
    const report = hear();
    const execution = await kubernetes.submit(await taskFor(cluster, "echo ready; sleep 600"), report);
    const watched = execution.watch(report);
    await report.prints("ready");
    const { job } = execution.reference ?? {};
    await cluster.ask("DELETE", `${jobs}/${job}`, { propagationPolicy: "Background" });
    deepEqual(await watched, {
      status: "FAILED",
      reason: `The Job ${job} of Kubernetes was lost: somebody deleted it.`,
    });
  });

  await t.step("another process takes a Job up again where the first one left it", async () => {
    const [first, second] = [hear(), hear()];
    const task = await taskFor(cluster, "echo one; sleep 2; echo two");
    const execution = await kubernetes.submit(task, first);
    const left = execution.watch(first);
    await until(() => execution.reference?.since !== undefined);
    const reference = JSON.parse(JSON.stringify(execution.reference));
    const again = await kubernetes.resume?.(reference, task);
    deepEqual(await again?.watch(second), { status: "FINISHED", exit_code: 0 });
    equal(second.printed(), "two\n");
    await left;
  });

  await t.step("tells that an image cannot be pulled, while it waits", async () => {
    const report = hear();
    const task = await taskFor(cluster, "true", { docker_env: { image: "absent/image:1" } });
    const execution = await kubernetes.submit(task, report);
    const watched = execution.watch(report);
    await report.says('waits (ImagePullBackOff): Back-off pulling image "absent/image:1"');
    await execution.cancel();
    equal((await watched).status, "KILLED");
  });

  await t.step("pushes an image of the project to the repository, and runs exactly that one", async () => {
    await using engine = await startDockerStandIn(["python:3.12"]);
    const report = hear();
    const task = await taskFor(cluster, "echo built", { folder: cluster.folder });
    const execution = await kubernetes.submit({
      ...task,
      config: { ...task.config, "repository-uri": "registry.example/team/project" },
      environment: { ...task.environment, ...engine.environment },
    }, report);
    equal((await execution.watch(report)).status, "FINISHED");
    const job = JSON.stringify(await cluster.ask("GET", `${jobs}/${execution.reference?.job}`));
    ok(job.includes('"image":"registry.example/team/project@sha256:feed"'));
    equal(report.tags["mlflow.docker.image.id"], "sha256:feed");
  });

  await t.step("who may not make Secrets leaves no Job behind", async () => {
    const access = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "jobs" };
    const rules = [{ apiGroups: ["batch"], resources: ["jobs"], verbs: ["*"] }];
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    await cluster.ask("POST", `${rbac}/clusterroles`, { metadata: { name: "jobs" }, rules });
    const subjects = [{ kind: "Group", name: "weak", apiGroup: "rbac.authorization.k8s.io" }];
    await cluster.ask("POST", `${rbac}/clusterrolebindings`, { metadata: { name: "jobs" }, roleRef: access, subjects });
    const KUBECONFIG = await cluster.kubeconfig({ token: cluster.weakToken }, "weak.yaml");
    const task = await taskFor(cluster, "true", { environment: { KUBECONFIG }, name: "weak" });
    await rejects(kubernetes.submit(task, hear()), {
      code: "INVALID_PARAMETER_VALUE",
      message: /^The Secret with the run's variables cannot be created. Kubernetes answers 403: secrets is forbidden/,
    });
    await until(async () => !JSON.stringify(await cluster.ask("GET", jobs)).includes('"name":"weak-'));
  });

  await t.step("asks a kubeconfig's plugin who it is", async () => {
    const plugin = join(cluster.folder, "plugin");
    const answer = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: cluster.token },
    };
    await Deno.writeTextFile(plugin, `#!/bin/sh\n[ "$1" = "a b" ] || exit 1\necho '${JSON.stringify(answer)}'\n`, {
      mode: 0o755,
    });
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "./plugin",
      args: ["a b"],
      interactiveMode: "Never",
    };
    const KUBECONFIG = await cluster.kubeconfig({ exec }, "exec.yaml");
    const execution = await kubernetes.submit(await taskFor(cluster, "true", { environment: { KUBECONFIG } }), hear());
    equal((await execution.watch(hear())).status, "FINISHED");
  });

  await t.step("what the cluster refuses is told in its words", async () => {
    const task = await taskFor(cluster, "true");
    await Deno.writeTextFile(String(task.config["kube-job-template-path"]), template.replace("Never", "Sometimes"));
    await rejects(kubernetes.submit(task, hear()), {
      code: "INVALID_PARAMETER_VALUE",
      message: /^The Job cannot be created\. Kubernetes answers 422: .*restartPolicy/,
    });
  });
});

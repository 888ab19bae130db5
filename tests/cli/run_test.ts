import assert from "node:assert/strict";
import { join } from "node:path";
import { zipSync } from "fflate";
import { weirClient } from "../../client/weir.ts";
import { eventually, serveWeir } from "../browser.ts";
import { lives } from "../server.ts";
import { runCommand } from "./weir.ts";

interface Server {
  url: string;
}

/** A folder with these files, gone after the test. */
async function folderOf(files: Record<string, string>): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: "weir-project-test-" });
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(join(path, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(path, name), text);
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Says what it was started with, and fails with 7 where `alpha` is 9. */
const speaking = {
  MLproject: `
name: speaking
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.4}
      text: string
    command: "sh say.sh {alpha} {text}"
  path:
    parameters: {data: path}
    command: cat {data}
`,
  "say.sh": `echo "alpha=$1 text=$2 more=$3 $4 run=$MLFLOW_RUN_ID experiment=$MLFLOW_EXPERIMENT_ID"
echo "$MLFLOW_TRACKING_URI" >&2
test "$1" != 9 || exit 7
`,
  "data.txt": "the data\n",
};

async function withServer(act: (server: Server) => Promise<void>): Promise<void> {
  await using server = await serveWeir();
  await act(server);
}

async function runsOf(server: Server, experiment_id = "0") {
  const { runs } = await weirClient(server.url)("POST runs/search", { experiment_ids: [experiment_id] });
  return (runs ?? []).map(({ info, data }) => ({
    ...info,
    params: Object.fromEntries((data.params ?? []).map(({ key, value }) => [key, value])),
    tags: Object.fromEntries((data.tags ?? []).map(({ key, value }) => [key, value])),
  }));
}

async function logOf(server: Server, run_id: string): Promise<string> {
  const response = await fetch(`${server.url}/api/weir/1/runs/logs/download?run_id=${run_id}`);
  return await response.text();
}

Deno.test("weir run makes a run with MLflow's params and tags, shows and keeps its output, and answers its exit code", () =>
  withServer(async (server) => {
    await using project = await folderOf(speaking);
    const text = "a 'b' $(touch /tmp/never) ; `id` \"c\"";
    const well = await runCommand(
      [
        "run",
        project.path,
        "-P",
        `text=${text}`,
        "-P",
        "extra=1",
        "--run-name",
        "mine",
        "--experiment-name",
        "new one",
      ],
      server.url,
    );
    assert.equal(well.code, 0, well.errors);
    const { experiments } = await weirClient(server.url)("POST experiments/search", {
      max_results: 10,
      filter: "name = 'new one'",
    });
    const experiment_id = experiments?.[0]?.experiment_id ?? "";
    const [run] = await runsOf(server, experiment_id);
    assert.equal(
      well.output,
      `alpha=0.4 text=${text} more=--extra 1 run=${run?.run_id} experiment=${experiment_id}\n`,
    );
    assert.deepEqual([run?.status, run?.run_name, run?.params], ["FINISHED", "mine", {
      alpha: "0.4",
      text,
      extra: "1",
    }]);
    const { "mlflow.user": user, ...tags } = run?.tags ?? {};
    assert.ok(user);
    assert.deepEqual(tags, {
      "mlflow.project.backend": "local",
      "mlflow.project.entryPoint": "main",
      "mlflow.runName": "mine",
      "mlflow.source.name": project.path,
      "mlflow.source.type": "PROJECT",
    });
    const log = await logOf(server, run?.run_id ?? "");
    assert.ok(log.includes(well.output) && log.includes(server.url), log);

    const badly = await runCommand(["run", project.path, "-P", "text=x", "-P", "alpha=9"], server.url);
    assert.equal(badly.code, 7);
    assert.match(badly.errors, /failed: sh ended with exit code 7/);
    assert.deepEqual((await runsOf(server)).map(({ status }) => status), ["FAILED"]);
  }));

Deno.test("what is wrong with a project or its parameters is told before there is a run", () =>
  withServer(async (server) => {
    await using project = await folderOf({ ...speaking, "bad/MLproject": "entry_points:\n  main: {command: a | b}\n" });
    const refusals: [string[], RegExp][] = [
      [[project.path], /No value given for missing parameters: 'text'/],
      [[project.path, "-P", "text"], /must be name=value/],
      [[project.path, "-P", "text=1", "-P", "text=2"], /Repeated parameter: 'text'/],
      [[project.path, "-e", "none"], /Could not find none among entry points \['main', 'path'\]/],
      [[`${project.path}#bad`], /needs a shell for its '\|'/],
      [[`${project.path}#none`], /Could not find subdirectory none/],
      [[`${project.path}#../..`], /must lie inside the project/],
      [[project.path, "-P", "text=1", "-v", "main"], /only supported for Git project URIs/],
      [[join(project.path, "none")], /There is no folder/],
      [["ext::sh -c id"], /There is no folder|cannot be fetched/],
      [[project.path, "-P", "text=1", "-b", "moon"], /There is no backend .moon.\. The backends are local/],
      [[project.path, "-P", "text=1", "-c", "{"], /--backend-config must be a JSON object/],
    ];
    for (const [args, message] of refusals) {
      const { code, errors } = await runCommand(["run", ...args], server.url);
      assert.notEqual(code, 0, args.join(" "));
      assert.match(errors, message);
    }
    assert.deepEqual(await runsOf(server), []);
  }));

async function git(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", ...args],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("weir run fetches a git repository at a branch, a tag or a commit, and a part of it", () =>
  withServer(async (server) => {
    await using repository = await folderOf({ "part/run.sh": "echo one", "part/MLproject": "entry_point: run.sh" });
    await git(repository.path, "init", "--quiet", "-b", "main");
    const commits: string[] = [];
    for (const word of ["one", "two", "three"]) {
      await Deno.writeTextFile(join(repository.path, "part/run.sh"), `echo ${word}`);
      await git(repository.path, "add", ".");
      await git(repository.path, "commit", "--quiet", "-m", word);
      commits.push(await git(repository.path, "rev-parse", "HEAD"));
      if (word === "two") await git(repository.path, "tag", "v2");
    }
    await git(repository.path, "branch", "old", commits[1] ?? "");
    const uri = `git+file://${repository.path}#part`;
    const asked: [string[], string, number, string | undefined][] = [
      [[], "three", 2, undefined],
      [["-v", "old"], "two", 1, "old"],
      [["-v", "v2"], "two", 1, undefined],
      [["-v", commits[0] ?? ""], "one", 0, undefined],
    ];
    for (const [args, word, commit, branch] of asked) {
      const { code, output, errors } = await runCommand(["run", uri, ...args], server.url);
      assert.deepEqual([code, output], [0, `${word}\n`], errors);
      const [run] = await runsOf(server);
      assert.equal(run?.tags["mlflow.source.git.commit"], commits[commit]);
      assert.equal(run?.tags["mlflow.source.git.branch"], branch);
      assert.equal(run?.tags["mlflow.source.name"], uri);
      assert.equal(run?.tags["mlflow.source.git.repoURL"], `file://${repository.path}`);
    }
    const unknown = await runCommand(["run", uri, "-v", "v9"], server.url);
    assert.match(unknown.errors, /has no version 'v9'/);
    const folder = await runCommand(["run", `${repository.path}#part`, "-v", "v2"], server.url);
    assert.deepEqual([folder.code, folder.output], [0, "two\n"], folder.errors);
  }));

Deno.test("weir run unpacks a zip, and refuses one whose names lead out of it", () =>
  withServer(async (server) => {
    const text = (words: string) => new TextEncoder().encode(words);
    await using folder = await folderOf({});
    const good = join(folder.path, "good.zip");
    await Deno.writeFile(
      good,
      zipSync({ "p/MLproject": text("entry_point: sub/run.sh"), "p/sub/run.sh": text("echo zipped") }),
    );
    const { code, output, errors } = await runCommand(["run", `${good}#p`], server.url);
    assert.deepEqual([code, output], [0, "zipped\n"], errors);
    for (const name of ["../out.sh", "/tmp/out.sh", "a/../../out.sh", "a\\..\\out.sh"]) {
      const bad = join(folder.path, "bad.zip");
      await Deno.writeFile(bad, zipSync({ "MLproject": text("entry_point: run.sh"), [name]: text("") }));
      assert.match((await runCommand(["run", bad], server.url)).errors, /attempts path traversal/);
    }
  }));

Deno.test("a parameter of type path is a file here, or is downloaded from the artifacts of a run", () =>
  withServer(async (server) => {
    await using project = await folderOf(speaking);
    const here = await runCommand(
      ["run", project.path, "-e", "path", "-P", `data=${project.path}/data.txt`],
      server.url,
    );
    assert.deepEqual([here.code, here.output], [0, "the data\n"], here.errors);
    const [{ run_id = "" } = {}] = await runsOf(server);
    const stored = await fetch(`${server.url}/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/deep/data.txt`, {
      method: "PUT",
      body: "from the store\n",
    });
    assert.equal(stored.status, 200, await stored.text());
    const uri = `runs:/${run_id}/deep/data.txt`;
    const there = await runCommand(["run", project.path, "-e", "path", "-P", `data=${uri}`], server.url);
    assert.deepEqual([there.code, there.output], [0, "from the store\n"], there.errors);
    assert.equal((await runsOf(server))[0]?.params.data, uri);
    const missing = await runCommand(["run", project.path, "-e", "path", "-P", "data=none.txt"], server.url);
    assert.match(missing.errors, /Got value none.txt for parameter data, but no such file or directory was found/);
    assert.deepEqual([missing.code, (await runsOf(server))[0]?.status], [1, "FAILED"]);
  }));

Deno.test("Ctrl-C ends the programs of a run with all that they started, and the run is KILLED", () =>
  withServer(async (server) => {
    await using project = await folderOf({
      MLproject: "entry_point: run.sh",
      "run.sh": `sleep 1000 & echo $! > pids; echo $$ >> pids; echo started; wait`,
    });
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", new URL("../../cli/weir.ts", import.meta.url).pathname, "run", project.path],
      env: { MLFLOW_TRACKING_URI: server.url },
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const [bytes] = await Array.fromAsync(take(command.stdout, 1));
    assert.equal(new TextDecoder().decode(bytes), "started\n");
    command.kill("SIGINT");
    assert.equal((await command.status).code, 130);
    for (const pid of (await Deno.readTextFile(join(project.path, "pids"))).trim().split("\n")) {
      await eventually(async () => assert.equal(await lives(Number(pid)), false, pid)); // whoever inherits it buries it
    }
    assert.deepEqual((await runsOf(server)).map(({ status }) => status), ["KILLED"]);
  }));

async function* take<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    if (--most === 0) return;
  }
}

Deno.test("weir run --no-wait prints the run's id at once, and the run goes on to its end", () =>
  withServer(async (server) => {
    await using project = await folderOf({ MLproject: "entry_point: run.sh", "run.sh": "sleep 1; echo done" });
    const { code, output, errors } = await runCommand(["run", project.path, "--no-wait"], server.url);
    assert.equal(code, 0, errors);
    const run_id = output.trim();
    for (let tries = 0; tries < 300; tries++) {
      const [run] = await runsOf(server);
      assert.equal(run?.run_id, run_id);
      if (run?.status === "FINISHED") break;
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.equal((await runsOf(server))[0]?.status, "FINISHED");
    assert.match(await logOf(server, run_id), /^done$/m);
  }));

Deno.test("a virtualenv is made once from what the project asks for, and anew when that changes", () =>
  withServer(async (server) => {
    await using cache = await folderOf({});
    await using project = await folderOf({
      MLproject: "python_env: python_env.yaml\nentry_points:\n  main: {command: python show.py}",
      "python_env.yaml": "dependencies: ['-r requirements.txt']",
      "requirements.txt": "six==1.16.0\n",
      "show.py": "import six, sys; print(six.__version__, sys.prefix)",
    });
    const show = async () => {
      const { code, output, errors } = await runCommand(["run", project.path], server.url, {
        WEIR_CACHE_DIR: cache.path,
      });
      assert.equal(code, 0, errors);
      return { output, built: /Building the environment/.test(errors) };
    };
    const first = await show();
    assert.match(first.output, new RegExp(`^1\\.16\\.0 ${cache.path}/envs/\\w+$`, "m"));
    assert.deepEqual([first.built, await show()], [true, { output: first.output, built: false }]);
    await Deno.writeTextFile(join(project.path, "requirements.txt"), "six==1.17.0\n");
    const changed = await show();
    assert.ok(changed.built && changed.output.startsWith("1.17.0 "), changed.output);
    assert.equal((await runsOf(server))[0]?.tags["mlflow.project.env"], "virtualenv");
    await Deno.writeTextFile(join(project.path, "requirements.txt"), "no-such-package-of-weir==1\n");
    const broken = await runCommand(["run", project.path], server.url, { WEIR_CACHE_DIR: cache.path });
    assert.match(broken.errors, /The environment cannot be built/);
    assert.deepEqual([broken.code, (await runsOf(server))[0]?.status], [1, "FAILED"]);
    const python = await runCommand(["run", project.path, "--env-manager", "conda"], server.url);
    assert.match(python.errors, /python_env project cannot be executed using conda/);
  }));

import assert from "node:assert/strict";
import { join } from "node:path";
import { venvWith } from "../backends/python_venv.ts";
import { serveWeir } from "../browser.ts";
import { pythonIsMissing, systemPython } from "../clients/python.ts";
import { runCommand } from "./weir.ts";

/** Where projects come from and what makes their environments, for real. */

async function git(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", ...args],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** Git's own server for what lies in a folder, for whom has the password alone. */
async function serveGit(folder: string, password: string) {
  const program = join(await git(folder, "--exec-path"), "git-http-backend");
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (request.headers.get("authorization") !== `Basic ${btoa(`ann:${password}`)}`) {
      return new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="git"' } });
    }
    const { pathname, search } = new URL(request.url);
    const child = new Deno.Command(program, {
      env: {
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers.get("content-type") ?? "",
        HTTP_CONTENT_ENCODING: request.headers.get("content-encoding") ?? "",
        GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "safe.directory",
        GIT_CONFIG_VALUE_0: "*",
      },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const input = child.stdin.getWriter();
    await input.write(await request.bytes());
    await input.close();
    const { stdout } = await child.output();
    const text = new TextDecoder("latin1").decode(stdout);
    const end = text.indexOf("\r\n\r\n");
    const headers = new Headers(
      text.slice(0, end).split("\r\n").map((line) => line.split(": ", 2) as [string, string]),
    );
    const status = Number(/^\d+/.exec(headers.get("status") ?? "")?.[0] ?? 200);
    headers.delete("status");
    return new Response(stdout.slice(end + 4), { status, headers });
  });
  return { url: (password: string) => `http://ann:${password}@127.0.0.1:${server.addr.port}`, server };
}

Deno.test("weir run fetches a repository by http with a password, which nobody is told", async () => {
  await using weir = await serveWeir();
  const folder = await Deno.makeTempDir({ prefix: "weir-git-" });
  const { url, server } = await serveGit(folder, "s3cret");
  try {
    const repository = join(folder, "wine");
    await Deno.mkdir(join(repository, "part"), { recursive: true });
    await Deno.writeTextFile(join(repository, "part", "MLproject"), "entry_point: run.sh");
    await Deno.writeTextFile(join(repository, "part", "run.sh"), "echo by http");
    await git(repository, "init", "--quiet", "-b", "main");
    await git(repository, "add", ".");
    await git(repository, "commit", "--quiet", "-m", "one");
    const asked = ["run", `${url("s3cret")}/wine/.git#part`, "-v", "main"];
    const { code, output, errors } = await runCommand(asked, weir.url);
    assert.deepEqual([code, output], [0, "by http\n"], errors);
    assert.doesNotMatch(errors, /s3cret/);
    const found = await fetch(`${weir.url}/api/2.0/mlflow/runs/search`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ experiment_ids: ["0"] }),
    });
    const runs = await found.text();
    assert.match(runs, /"mlflow.source.git.repoURL","value":"http:\/\/127.0.0.1:\d+\/wine\/.git"/);
    assert.doesNotMatch(runs, /s3cret/);
    const refused = await runCommand(["run", `${url("wr0ng")}/wine/.git`], weir.url);
    assert.notEqual(refused.code, 0);
    assert.match(refused.errors, /cannot be fetched/);
    assert.doesNotMatch(refused.errors, /wr0ng/);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("uv makes the environment where it is installed", async () => {
  await using weir = await serveWeir();
  const python = await systemPython();
  assert.ok(python, pythonIsMissing);
  const bin = await venvWith(python, "uv");
  const folder = await Deno.makeTempDir({ prefix: "weir-uv-" });
  try {
    await Deno.writeTextFile(
      join(folder, "MLproject"),
      "python_env: python_env.yaml\nentry_points:\n  main: {command: python show.py}",
    );
    await Deno.writeTextFile(join(folder, "python_env.yaml"), "dependencies: [six==1.17.0]");
    await Deno.writeTextFile(join(folder, "show.py"), "import six; print(six.__version__)");
    for (const asked of [["--env-manager", "uv"], []]) {
      const { code, output, errors } = await runCommand(["run", folder, ...asked], weir.url, {
        PATH: `${bin}:${Deno.env.get("PATH")}`,
        WEIR_CACHE_DIR: join(folder, `cache${asked.length}`),
      });
      assert.deepEqual([code, output], [0, "1.17.0\n"], errors);
      assert.match(errors, /uv/);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

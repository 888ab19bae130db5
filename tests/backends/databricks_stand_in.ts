/**
 * A stand-in for a workspace of Databricks, where there is none to test with: the documented calls of DBFS and Jobs that Weir makes. A
 * run stays PENDING until the test lets it go on; its command is run on this machine, with the cluster's folders in a scratch folder.
 */
import { dirname, join } from "node:path";

interface Submitted {
  run_name: string;
  libraries: unknown[];
  new_cluster?: unknown;
  existing_cluster_id?: string;
  shell_command_task?: { command: string[]; env_vars: Record<string, string> };
  spark_python_task?: { python_file: string; parameters: string[] };
}

interface Run {
  submitted: Submitted;
  state: { life_cycle_state: string; result_state?: string; state_message: string };
  logs: string;
}

export interface DatabricksStandIn extends AsyncDisposable {
  url: string;
  /** Of the environment of a task. */
  environment: Record<string, string>;
  calls: string[];
  runs: Run[];
  /** Files of DBFS, by their paths. */
  dbfs: () => Promise<string[]>;
  /** Runs the command of a run to its end. `programs` stand in for those of the cluster, as scripts of sh. */
  execute: (run: Run, programs?: Record<string, string>) => Promise<void>;
  /** Answers with this status from now on; undefined: as usual. */
  fail: (status: number | undefined) => void;
}

const token = "dapi-of-the-test";

export async function startDatabricksStandIn(): Promise<DatabricksStandIn> {
  const root = await Deno.makeTempDir({ prefix: "weir-databricks-" });
  const place = (path: string) => join(root, "dbfs", path);
  const handles = new Map<number, string>();
  const runs: Run[] = [];
  const calls: string[] = [];
  let failing: number | undefined;
  const refuse = (status: number, error_code: string, message: string) =>
    Response.json({ error_code, message }, { status });

  // deno-lint-ignore no-explicit-any -- whatever a client sends
  const answer = async (path: string, input: any): Promise<Response> => {
    if (path === "dbfs/get-status") {
      const found = await Deno.stat(place(input.path)).catch(() => undefined);
      if (!found) return refuse(404, "RESOURCE_DOES_NOT_EXIST", `No file or directory exists on path ${input.path}.`);
      return Response.json({ path: input.path, is_dir: false, file_size: found.size });
    }
    if (path === "dbfs/create") {
      await Deno.mkdir(dirname(place(input.path)), { recursive: true });
      await Deno.writeFile(place(input.path), new Uint8Array());
      handles.set(handles.size + 1, place(input.path));
      return Response.json({ handle: handles.size });
    }
    if (path === "dbfs/add-block") {
      const block = Uint8Array.fromBase64(input.data);
      if (block.length > 1024 * 1024) return refuse(400, "MAX_BLOCK_SIZE_EXCEEDED", "The block is too long.");
      await Deno.writeFile(handles.get(input.handle) ?? "", block, { append: true });
      return Response.json({});
    }
    if (path === "dbfs/close") return Response.json({});
    if (path === "dbfs/move") {
      await Deno.rename(place(input.source_path), place(input.destination_path));
      return Response.json({});
    }
    if (path === "jobs/runs/submit") {
      if (input.new_cluster?.num_workers === -1) {
        return refuse(400, "INVALID_PARAMETER_VALUE", "num_workers is negative.");
      }
      runs.push({
        submitted: input,
        state: { life_cycle_state: "PENDING", state_message: "Waiting for cluster" },
        logs: "",
      });
      return Response.json({ run_id: runs.length });
    }
    const run = runs[Number(input.run_id) - 1];
    if (run === undefined) return refuse(400, "INVALID_PARAMETER_VALUE", `Run ${input.run_id} does not exist.`);
    if (path === "jobs/runs/get") {
      return Response.json({
        job_id: 77,
        run_page_url: `https://workspace.example/#job/77/run/${input.run_id}`,
        state: run.state,
      });
    }
    if (path === "jobs/runs/get-output") return Response.json({ logs: run.logs });
    if (path === "jobs/runs/cancel") {
      run.state = { life_cycle_state: "TERMINATED", result_state: "CANCELED", state_message: "Run cancelled." };
      return Response.json({});
    }
    return refuse(404, "ENDPOINT_NOT_FOUND", path);
  };

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const url = new URL(request.url);
    const path = url.pathname.replace("/api/2.0/", "");
    calls.push(`${request.method} ${path}`);
    const input = request.method === "GET" ? Object.fromEntries(url.searchParams) : await request.json();
    if (request.headers.get("authorization") !== `Bearer ${token}`) {
      return refuse(403, "PERMISSION_DENIED", "Invalid access token.");
    }
    return failing === undefined ? await answer(path, input) : refuse(failing, "TEMPORARILY_UNAVAILABLE", "Try again.");
  });
  const here = (text: string) =>
    text.replaceAll("/databricks/mlflow", `${root}/databricks`).replaceAll("/dbfs/", `${root}/dbfs/`);
  const execute = async (run: Run, programs: Record<string, string> = {}) => {
    await Deno.mkdir(join(root, "bin"), { recursive: true });
    for (const [name, text] of Object.entries(programs)) {
      await Deno.writeTextFile(join(root, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
    const { shell_command_task: shell, spark_python_task: spark } = run.submitted;
    const file = spark && place(spark.python_file.replace("dbfs:", ""));
    if (file) await Deno.writeTextFile(file, here(await Deno.readTextFile(file)));
    const [program = "", ...args] = shell?.command.map(here) ?? ["python3", file ?? "", ...spark?.parameters ?? []];
    const env = { PATH: `${root}/bin:${Deno.env.get("PATH")}`, ...shell?.env_vars };
    const { code, stdout, stderr } = await new Deno.Command(program, { args, env, clearEnv: true }).output();
    run.logs = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const result_state = code === 0 ? "SUCCESS" : "FAILED";
    run.state = { life_cycle_state: "TERMINATED", result_state, state_message: code === 0 ? "" : "Workload failed" };
  };
  const url = `http://127.0.0.1:${server.addr.port}`;
  return {
    url,
    environment: { DATABRICKS_HOST: url, DATABRICKS_TOKEN: token, PATH: "", HOME: "/nonexistent" },
    calls,
    runs,
    dbfs: async () => (await Array.fromAsync(walk(place("")))).map((path) => path.slice(place("").length)),
    execute,
    fail: (status) => failing = status,
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await Deno.remove(root, { recursive: true });
    },
  };
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* walk(join(folder, name));
    else yield join(folder, name);
  }
}

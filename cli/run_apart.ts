/** Starts this same command once more, for a run that is there, as a process that outlives this one. */
export function runAgain(run_id: string): void {
  const args = Deno.args.filter((arg) => arg !== "--no-wait");
  const permissions = ["--allow-net", "--allow-env", "--allow-read", "--allow-write", "--allow-run", "--allow-sys"];
  const script = new URL("./weir.ts", import.meta.url).pathname;
  new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, script, ...args, "--run-id", run_id],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn().unref();
}

/** The `weir` command as people run it. */

const root = new URL("../../", import.meta.url);

/** Runs it with these arguments, against the server at `url` where one is named, to its end. */
export async function runCommand(
  args: readonly string[],
  url?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; output: string; errors: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "weir", ...args],
    cwd: root,
    env: { NO_COLOR: "1", ...(url && { MLFLOW_TRACKING_URI: url }), ...env },
  }).output();
  return { code, output: new TextDecoder().decode(stdout), errors: saidIn(stderr) };
}

/** What the command said on its standard error, without the packages that Deno says it fetches where its cache lacks some. */
export function saidIn(stderr: Uint8Array): string {
  return new TextDecoder().decode(stderr).replace(/^Download https:.*\n/gm, "");
}

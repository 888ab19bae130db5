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
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, output: text(stdout), errors: text(stderr) };
}

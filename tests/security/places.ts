/** Servers to besiege: with files that nobody may reach beside their store, and with links in it. */
import { join } from "node:path";
import { createDatabase } from "../database.ts";
import { s3Settings } from "../server/s3_settings.ts";
import { startServer } from "../server.ts";
import { startVersitygw } from "../tools.ts";
import { type Besieged, subjectsOf } from "./siege.ts";
import type { Aims } from "./spellings.ts";

export type Place = Besieged & { aims: Aims } & AsyncDisposable;

/** Files outside, at every height that a path may climb to. */
async function layOut(around: string, secret: string, folders: readonly string[]): Promise<string> {
  const canary = "canary.txt";
  for (const folder of folders) {
    await Deno.mkdir(folder, { recursive: true });
    for (const name of [canary, `${secret}-name`]) await Deno.writeTextFile(join(folder, name), secret);
  }
  return join(around, canary);
}

export async function besiegedFolder(): Promise<Place> {
  await using starting = new AsyncDisposableStack();
  const around = await Deno.realPath(await Deno.makeTempDir({ prefix: "weir-siege-" }));
  starting.defer(() => Deno.remove(around, { recursive: true }));
  const [root, secret] = [join(around, "root"), `secret-${crypto.randomUUID()}`];
  const canary = await layOut(around, secret, [around, join(around, "outside", "deep"), join(around, "outside")]);
  const database = starting.use(await createDatabase());
  const server = await startServer({ DATABASE_URL: database.url, ARTIFACT_ROOT: root });
  starting.defer(async () => void await server.stop());
  const subjects = await subjectsOf(server.url);
  const home = `0/${subjects.run_id}/artifacts`;
  const links = {
    "out-file": canary,
    "out-folder": join(around, "outside"),
    "out-relative": "../../../../outside",
    "out-above": around,
    "in-file": join(root, home, "model", "MLmodel"),
    "in-folder": join(root, home, "model"),
    "to-root": root,
    "loop": "loop",
    "dangling": "nowhere",
    "dangling-out": join(around, "outside", "new.txt"),
    "chain": "out-folder",
    "proc": "/proc/self",
  };
  for (const [name, target] of Object.entries(links)) await Deno.symlink(target, join(root, home, name));
  const running = starting.move();
  return {
    subjects,
    around,
    root,
    own: [],
    secret,
    aims: { canary, home, links: Object.keys(links) },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export async function besiegedBucket(): Promise<Place> {
  await using starting = new AsyncDisposableStack();
  const s3 = starting.use(await startVersitygw());
  const [around, secret] = [join(s3.folder, ".."), `secret-${crypto.randomUUID()}`];
  const root = join(s3.folder, "some", "prefix");
  await layOut(around, secret, [
    s3.folder,
    join(s3.folder, "some"),
    join(s3.folder, "some", "prefix-more"),
    join(around, "other"),
  ]);
  const database = starting.use(await createDatabase());
  const server = await startServer({ ...s3Settings(s3), DATABASE_URL: database.url });
  starting.defer(async () => void await server.stop());
  const subjects = await subjectsOf(server.url);
  const running = starting.move();
  return {
    subjects,
    around,
    root,
    // The gateway's own: what arrives in parts, and who writes what.
    own: [".sgwtmp", ".vgwlocks"],
    secret,
    aims: { canary: "/canary.txt", home: `0/${subjects.run_id}/artifacts`, links: ["prefix-more", "model"] },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

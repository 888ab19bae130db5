import { deepEqual, equal } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { until } from "../postgres.ts";
import { startServer } from "../server.ts";
import { needs, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { s3Settings } from "./s3_settings.ts";

const needsS3 = needs(await versitygw(), versitygwIsMissing);

/** Every file below a folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const found = entries.map(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`) : Promise.resolve([`${folder}/${name}`])
  );
  return (await Promise.all(found)).flat();
}

Deno.test(
  "a purge removes objects from the server's bucket and from that of an experiment, and no others",
  needsS3,
  async () => {
    await using s3 = await startVersitygw();
    await using database = await createDatabase();
    const server = await startServer({ ...s3Settings(s3), DATABASE_URL: database.url });
    const { ok, file } = clientOf(server.url);
    const putInto = async (experiment_id: string) => {
      const { run_id } = (await ok("POST", "runs/create", { experiment_id })).run.info;
      for (const path of ["a", "d/b"]) {
        const url = `${server.url}/api/weir/1/runs/${run_id}/files?path=${path}`;
        equal((await fetch(url, { method: "PUT", body: "12345" })).status, 200);
      }
      return run_id;
    };
    const { experiment_id: own } = await ok("POST", "experiments/create", { name: "own" });
    const { experiment_id: elsewhere } = await ok("POST", "experiments/create", {
      name: "elsewhere",
      artifact_location: `s3://${s3.bucket}/shared`,
    });
    await putInto(own);
    const [gone, kept] = [await putInto(elsewhere), await putInto(elsewhere)];
    await (await fetch(file("notes.txt"), { method: "PUT", body: "of nobody" })).text();
    await ok("POST", "experiments/delete", { experiment_id: own });
    await ok("POST", "runs/delete", { run_id: gone });
    const { purge: { purge_id } } = await ok("POST", "/api/weir/1/purges", { all: true });
    const look = async () => (await ok("GET", `/api/weir/1/purges/${purge_id}`)).purge;
    await until(async () => (await look()).ended_time !== undefined);
    const { state, done, files, bytes } = await look();
    deepEqual([state, done, files, bytes], ["done", 3, 4, 20]);
    deepEqual((await filesIn(s3.folder)).map((path) => path.slice(s3.folder.length)).sort(), [
      `/shared/${kept}/artifacts/a`,
      `/shared/${kept}/artifacts/d/b`,
      "/some/prefix/notes.txt",
    ]);
    equal(await server.stop(), 0);
  },
);

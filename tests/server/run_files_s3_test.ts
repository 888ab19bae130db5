import { deepEqual, equal, match } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { startServer } from "../server.ts";
import { needs, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { s3Settings } from "./s3_settings.ts";

const needsS3 = needs(await versitygw(), versitygwIsMissing);

Deno.test(
  "the files of a run that are in a bucket of its experiment are shown, taken, handed out and removed",
  needsS3,
  async () => {
    await using s3 = await startVersitygw();
    await using database = await createDatabase();
    const { ARTIFACT_ROOT: _, ...settings } = s3Settings(s3);
    const server = await startServer({ ...settings, DATABASE_URL: database.url });
    const { ok, call } = clientOf(server.url);
    const artifact_location = `s3://${s3.bucket}/elsewhere`;
    const { experiment_id } = await ok("POST", "experiments/create", { name: "e", artifact_location });
    const { run_id } = (await ok("POST", "runs/create", { experiment_id })).run.info;
    const stored = await fetch(`${server.url}/api/weir/1/runs/${run_id}/files?path=d/a%20b.txt`, {
      method: "PUT",
      body: "in a bucket",
    });
    deepEqual([stored.status, await stored.json()], [200, {}]);
    equal(await Deno.readTextFile(`${s3.folder}/elsewhere/${run_id}/artifacts/d/a b.txt`), "in a bucket");
    deepEqual((await ok("GET", `artifacts/list?run_id=${run_id}&path=d`)).files, [
      { path: "d/a b.txt", is_dir: false, file_size: 11 },
    ]);
    equal((await call("GET", `/get-artifact?run_id=${run_id}&path=d/a+b.txt`)).body, "in a bucket");
    const part = await fetch(`${server.url}/get-artifact?run_id=${run_id}&path=d/a+b.txt`, {
      headers: { range: "bytes=-6" },
    });
    deepEqual([part.status, await part.text(), part.headers.get("content-range")], [206, "bucket", "bytes 5-10/11"]);
    const zip = await fetch(`${server.url}/get-artifact-zip?run_id=${run_id}`);
    match(await zip.text(), /^PK.*d\/a b\.txt.*in a bucket/s);
    const page = (await call("GET", `/runs/${run_id}?tab=artifacts&path=d/a+b.txt`)).body;
    match(page, /<pre class="file[^>]*><code><span>in a bucket<\/span><\/code><\/pre>/);
    // Clients may write there themselves: Weir does not know how much there is.
    equal(/<span class="mut" title="/.test(page), false);
    await ok("DELETE", `/api/weir/1/runs/${run_id}/files?path=d`);
    equal((await ok("GET", `artifacts/list?run_id=${run_id}`)).files, undefined);
    equal(await server.stop(), 0);
  },
);

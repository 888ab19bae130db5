import { deepEqual, equal } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { sendHalf } from "../half_request.ts";
import { until } from "../postgres.ts";
import { needs, type S3Server, versitygw, versitygwIsMissing } from "../tools.ts";
import { startOnS3, uploadsUnderWay } from "./s3_settings.ts";

const needed = needs(await versitygw(), versitygwIsMissing);

Deno.test(
  "with artifacts in S3, files go in and out by the proxy and by the run, and lie under the prefix",
  needed,
  async () => {
    await using weir = await startOnS3();
    const client = clientOf(weir.server.url);
    const run_id = await client.startRun();
    const url = client.file(`0/${run_id}/artifacts/d/a%20b.txt`);
    equal(await fetch(url, { method: "PUT", body: "0123456789" }).then((put) => put.text()), "{}");
    equal(await fetch(url).then((file) => file.text()), "0123456789");
    const part = await fetch(url, { headers: { range: "bytes=2-4" } });
    deepEqual([part.status, part.headers.get("content-range"), await part.text()], [206, "bytes 2-4/10", "234"]);
    const byRun = `${weir.server.url}/get-artifact?run_id=${run_id}&path=d/a%20b.txt`;
    equal(await fetch(byRun).then((file) => file.text()), "0123456789");
    const { files } = await client.ok("GET", `artifacts/list?run_id=${run_id}&path=d`);
    deepEqual(files, [{ path: "d/a b.txt", is_dir: false, file_size: 10 }]);
    equal(await Deno.readTextFile(`${weir.s3.folder}/some/prefix/0/${run_id}/artifacts/d/a b.txt`), "0123456789");
    equal(await fetch(url, { method: "DELETE" }).then((gone) => gone.text()), "{}");
    equal(
      (await client.call("GET", `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/d/a%20b.txt`)).status,
      404,
    );
  },
);

const objects = async (s3: S3Server): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(s3.folder), ({ name }) => name)).filter((name) => !name.startsWith("."));

Deno.test(
  "a client that breaks off before a part is full leaves nothing in S3, whatever it announced",
  needed,
  async () => {
    await using weir = await startOnS3();
    const client = clientOf(weir.server.url);
    // Parts have 8 MiB; what is not longer goes in one request. Half of these bytes is sent.
    for (
      const [size, sent] of [[4_000_000, "announced"], [10_000_000, "announced"], [10_000_000, "chunked"]] as const
    ) {
      const path = `0/r/artifacts/${size}-${sent}`;
      const body = new Uint8Array(size);
      const upload = await sendHalf(client.file(path), "PUT", body, "application/octet-stream", sent);
      upload.breakOff();
      await until(() =>
        Promise.resolve(weir.server.output().includes(`PUT /api/2.0/mlflow-artifacts/artifacts/${path} 4`))
      );
      equal(await uploadsUnderWay(weir.s3), 0);
      deepEqual(await objects(weir.s3), []);
    }
  },
);

Deno.test(
  "a client that breaks off in the middle of an upload to S3 leaves no object and no parts",
  needed,
  async () => {
    await using weir = await startOnS3();
    const client = clientOf(weir.server.url);
    const file = "0/r/artifacts/big.bin";
    // So much that several parts of 8 MiB have been sent.
    const upload = await sendHalf(client.file(file), "PUT", new Uint8Array(60_000_000));
    await until(async () => await uploadsUnderWay(weir.s3) === 1);
    upload.breakOff();
    await until(async () => await uploadsUnderWay(weir.s3) === 0);
    equal((await client.call("GET", `/api/2.0/mlflow-artifacts/artifacts/${file}`)).status, 404);
    deepEqual(await objects(weir.s3), []);
    // And the server goes on.
    equal((await fetch(client.file(file), { method: "PUT", body: "x" })).status, 200);
  },
);

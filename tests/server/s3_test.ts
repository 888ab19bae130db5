import { deepEqual, equal } from "node:assert/strict";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { sendHalf } from "../half_request.ts";
import { until } from "../postgres.ts";
import { startServer } from "../server.ts";
import { needs, type S3Server, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { s3Settings } from "./s3_settings.ts";

const needed = needs(await versitygw(), versitygwIsMissing);

/** Starts Weir with its artifacts in a bucket of its own. */
async function startOnS3() {
  await using starting = new AsyncDisposableStack();
  const s3 = starting.use(await startVersitygw());
  const database = starting.use(await createDatabase());
  const server = await startServer({ ...s3Settings(s3), DATABASE_URL: database.url });
  starting.defer(async () => void await server.stop());
  const running = starting.move();
  return { s3, server, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function uploadsUnderWay(s3: S3Server): Promise<number> {
  const client = new S3Client({ ...s3, forcePathStyle: true });
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: s3.bucket }));
  client.destroy();
  return Uploads.length;
}

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
    deepEqual(
      await Array.fromAsync(Deno.readDir(weir.s3.folder), ({ name }) => name).then((names) =>
        names.filter((name) => !name.startsWith("."))
      ),
      [],
    );
    // And the server goes on.
    equal((await fetch(client.file(file), { method: "PUT", body: "x" })).status, 200);
  },
);

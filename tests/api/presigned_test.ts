import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

async function refusal(weir: Weir, what: "upload" | "download", body: object): Promise<string> {
  const { status, body: said } = await weir.call("POST", `artifacts/presigned-${what}-url`, body);
  return `${status} ${said.error_code} ${said.message}`;
}

const both = ["upload", "download"] as const;

Deno.test("a URL to an artifact is refused where artifacts go through this server", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  assert.equal(
    await refusal(weir, "upload", { run_id, path: "x" }),
    "400 INVALID_PARAMETER_VALUE Presigned upload is not supported for proxied artifact storage (artifact URI scheme: " +
      "mlflow-artifacts). This endpoint requires a direct cloud storage artifact URI.",
  );
  assert.equal(
    await refusal(weir, "download", { run_id, path: "x" }),
    "400 INVALID_PARAMETER_VALUE Presigned download is not supported for runs with proxied artifact storage (artifact URI " +
      "scheme: mlflow-artifacts). This endpoint requires a run with a direct cloud storage artifact URI.",
  );
  const { model } = await weir.ok("POST", "logged-models", { experiment_id: "0" });
  assert.match(
    await refusal(weir, "upload", { model_id: model.info.model_id, path: "x" }),
    /^400 INVALID_PARAMETER_VALUE Presigned upload is not supported for proxied/,
  );
});

Deno.test("a URL to an artifact is refused where the store can give none", async () => {
  await using weir = await startWeir();
  const { experiment_id } = await weir.ok("POST", "experiments/create", {
    name: "gs",
    artifact_location: "gs://bucket/x",
  });
  const run_id = await weir.startRun({ experiment_id });
  for (const what of both) {
    assert.equal(
      await refusal(weir, what, { run_id, path: "x" }),
      `501 NOT_IMPLEMENTED Presigned ${what} is not supported for the current artifact repository`,
    );
  }
});

Deno.test("a URL is asked for with a path in the run, of one run or model, for a time that a store can grant", async () => {
  await using weir = await startWeir();
  const run_id = await weir.startRun();
  const one = "400 INVALID_PARAMETER_VALUE Exactly one of run_id and model_id must be provided.";
  assert.equal(await refusal(weir, "upload", { path: "x" }), one);
  assert.equal(await refusal(weir, "upload", { run_id, model_id: "m-1", path: "x" }), one);
  assert.match(await refusal(weir, "download", { path: "x" }), /^400 .*required parameter 'run_id'/);
  for (const what of both) {
    for (const path of [undefined, null, ""]) {
      assert.match(await refusal(weir, what, { run_id, path }), /^400 .*required parameter 'path'/);
    }
    for (const path of ["../x", "/etc/x", "a/../x", "%2e%2e/x", "a#b", "a\\b", "d/", ".", "s3://b/x", "C:/x"]) {
      assert.equal(await refusal(weir, what, { run_id, path }), "400 INVALID_PARAMETER_VALUE Invalid path", path);
      assert.equal(await refusal(weir, what, { run_id: "nobody", path }), "400 INVALID_PARAMETER_VALUE Invalid path");
    }
    for (const expiration of [0, -5, 604_801, 2 ** 53 - 1]) {
      assert.equal(
        await refusal(weir, what, { run_id, path: "x", expiration }),
        `400 INVALID_PARAMETER_VALUE expiration must be between 1 and 604800 seconds (got ${expiration}).`,
      );
    }
    for (const expiration of ["abc", 1.5, {}, 2 ** 63]) {
      assert.match(await refusal(weir, what, { run_id, path: "x", expiration }), /^400 .*parameter 'expiration'/);
    }
    assert.equal(
      await refusal(weir, what, { run_id: "nope", path: "x" }),
      "404 RESOURCE_DOES_NOT_EXIST Run with id=nope not found",
    );
  }
  assert.equal(
    await refusal(weir, "upload", { model_id: "m-nope", path: "x" }),
    "404 RESOURCE_DOES_NOT_EXIST Logged model with ID 'm-nope' not found.",
  );
});

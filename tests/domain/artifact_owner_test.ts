import { deepEqual, equal } from "node:assert/strict";
import { artifactOwner } from "../../domain/artifact_owner.ts";

const id = "0123456789abcdef".repeat(2);

Deno.test("a file belongs to the run, model or trace whose folder it lies in", () => {
  const home = "s3://bucket/artifacts/models/x";
  for (
    const [path, kind, its] of [
      [`${id}`, "run", id],
      [`models/m-${id}`, "logged_model", `m-${id}`],
      [`traces/tr-1`, "trace", "tr-1"],
    ] as const
  ) {
    const folder = `${home}/${path}/artifacts`;
    deepEqual(artifactOwner(`${folder}/a/artifacts/${id}/artifacts/b`), { kind, id: its, folder });
  }
});

Deno.test("a file elsewhere belongs to nobody", () => {
  for (const path of ["a", "0/artifacts/a", `0/${id}/a`, `0/${id}/artifacts`, `0/${id.toUpperCase()}/artifacts/a`]) {
    equal(artifactOwner(`mlflow-artifacts:/${path}`), undefined, path);
  }
});

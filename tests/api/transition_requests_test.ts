import assert from "node:assert/strict";
import { startWeir, type Weir } from "../weir.ts";

const requests = "/api/weir/1/transition-requests";

async function withVersions(weir: Weir, name: string, versions: number): Promise<void> {
  await weir.ok("POST", "registered-models/create", { name });
  for (let i = 0; i < versions; i++) {
    await weir.ok("POST", "model-versions/create", { name, source: "s3://bucket/model" });
  }
}

const stageOf = async (weir: Weir, name: string, version: string): Promise<string> =>
  (await weir.ok("GET", `model-versions/get?name=${name}&version=${version}`)).model_version.current_stage;

const historyOf = async (weir: Weir, name: string): Promise<string[]> => {
  const { entries } = await weir.ok("GET", `/api/weir/1/registered-models/history?name=${name}`);
  return entries.map((entry: { entity: string; action: string; version?: string; comment?: string }) =>
    `${entry.entity} ${entry.action} ${entry.version ?? ""} ${entry.comment ?? ""}`.trim()
  );
};

Deno.test("an approved request moves the version, archives the others and says whose request it was", async () => {
  await using weir = await startWeir();
  await withVersions(weir, "m", 2);
  await weir.ok("POST", "model-versions/transition-stage", { name: "m", version: "1", stage: "Production" });
  const asked = { name: "m", version: "2", stage: "production", archive_existing_versions: true, comment: "better" };
  const { transition_request: request } = await weir.ok("POST", requests, asked);
  assert.equal(request.state, "PENDING");
  assert.equal(request.stage, "Production");
  assert.equal(await stageOf(weir, "m", "2"), "None");
  const { transition_request: decided } = await weir.ok("POST", `${requests}/${request.request_id}/approve`, {
    comment: "yes",
  });
  assert.deepEqual([decided.state, decided.decision_comment, decided.decided_by], ["APPROVED", "yes", "anyone"]);
  assert.deepEqual([await stageOf(weir, "m", "1"), await stageOf(weir, "m", "2")], ["Archived", "Production"]);
  assert.deepEqual((await historyOf(weir, "m")).slice(0, 3), [
    "model_version stage_changed 2 yes",
    "model_version stage_changed 1 yes",
    "transition_request created 2 better",
  ]);
  const { entries } = await weir.ok("GET", "/api/weir/1/registered-models/history?name=m&max_results=1");
  assert.deepEqual(entries[0].detail.approves, { request_id: request.request_id, who: "anyone" });
});

Deno.test("an approved request moves an alias, and webhooks hear of that as of any other move", async () => {
  await using weir = await startWeir();
  await withVersions(weir, "m", 2);
  await weir.ok("POST", "registered-models/alias", { name: "m", alias: "champion", version: "1" });
  await weir.services.sql`
    insert into weir.webhooks (webhook_id, name, url, events, creation_timestamp, last_updated_timestamp)
    values ('w', 'w', 'https://example.com', '[{"entity": "model_version_alias", "action": "created"}]', 1, 1)`;
  const { transition_request: request } = await weir.ok("POST", requests, {
    name: "m",
    version: "2",
    alias: "champion",
  });
  await weir.ok("POST", `${requests}/${request.request_id}/approve`, {});
  const { model_version } = await weir.ok("GET", "registered-models/alias?name=m&alias=champion");
  assert.equal(model_version.version, "2");
  const told = await weir.services.sql`select entity from weir.webhook_deliveries`;
  assert.deepEqual(told.map(({ entity }) => entity), ["model_version_alias"]);
});

Deno.test("a request that was decided cannot be decided again, and one that waits cannot be doubled", async () => {
  await using weir = await startWeir();
  await withVersions(weir, "m", 1);
  const asked = { name: "m", version: "1", stage: "Staging" };
  const { transition_request: request } = await weir.ok("POST", requests, asked);
  assert.equal((await weir.call("POST", requests, asked)).body.error_code, "RESOURCE_ALREADY_EXISTS");
  await weir.ok("POST", `${requests}/${request.request_id}/reject`, { comment: "not yet" });
  const again = await weir.call("POST", `${requests}/${request.request_id}/approve`, {});
  assert.deepEqual([again.status, again.body.message], [
    400,
    `Transition request ${request.request_id} was rejected already.`,
  ]);
  assert.equal(await stageOf(weir, "m", "1"), "None");
  const { transition_request: second } = await weir.ok("POST", requests, asked);
  await weir.ok("POST", `${requests}/${second.request_id}/cancel`, {});
  const listed = await weir.ok("GET", `${requests}?name=m&max_results=1`);
  assert.deepEqual(listed.transition_requests.map((one: { state: string }) => one.state), ["CANCELLED"]);
  const next = await weir.ok("GET", `${requests}?name=m&max_results=1&page_token=${listed.next_page_token}`);
  assert.deepEqual(next.transition_requests.map((one: { state: string }) => one.state), ["REJECTED"]);
  assert.equal(next.next_page_token, undefined);
});

Deno.test("of two who decide at once one is right and the other is told", async () => {
  await using weir = await startWeir();
  await withVersions(weir, "m", 1);
  const { transition_request: { request_id } } = await weir.ok("POST", requests, {
    name: "m",
    version: "1",
    stage: "Staging",
  });
  const answers = await Promise.all(
    ["approve", "reject", "cancel"].map((verdict) => weir.call("POST", `${requests}/${request_id}/${verdict}`, {})),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400]);
  const { transition_request: { state } } = await weir.ok("GET", `${requests}/${request_id}`);
  assert.equal(await stageOf(weir, "m", "1"), state === "APPROVED" ? "Staging" : "None");
});

Deno.test("what makes no sense is refused with the reason, and nothing is written", async () => {
  await using weir = await startWeir();
  await withVersions(weir, "m", 1);
  const refusals: [body: object, code: string][] = [
    [{ name: "m", version: "1" }, "INVALID_PARAMETER_VALUE"],
    [{ name: "m", version: "1", stage: "Staging", alias: "a" }, "INVALID_PARAMETER_VALUE"],
    [{ name: "m", version: "1", stage: "nowhere" }, "INVALID_PARAMETER_VALUE"],
    [{ name: "m", version: "1", stage: "None" }, "INVALID_PARAMETER_VALUE"],
    [{ name: "m", version: "1", stage: "Archived", archive_existing_versions: true }, "INVALID_PARAMETER_VALUE"],
    [{ name: "m", version: "1", alias: "v1" }, "INVALID_PARAMETER_VALUE"],
    [{ name: "m", version: "1", alias: "a", archive_existing_versions: true }, "INVALID_PARAMETER_VALUE"],
    [{ name: "m", version: "1", stage: "Staging", comment: "\0" }, "INVALID_PARAMETER_VALUE"],
    [{ name: "m", version: "1", stage: "Staging", comment: "x".repeat(100_001) }, "INVALID_PARAMETER_VALUE"],
    [{ name: "m", version: "9", stage: "Staging" }, "RESOURCE_DOES_NOT_EXIST"],
    [{ name: "m", version: "99999999999999999999", stage: "Staging" }, "RESOURCE_DOES_NOT_EXIST"],
    [{ name: "n", version: "1", stage: "Staging" }, "RESOURCE_DOES_NOT_EXIST"],
  ];
  for (const [body, code] of refusals) {
    assert.equal((await weir.call("POST", requests, body)).body.error_code, code, JSON.stringify(body).slice(0, 100));
  }
  for (const request_id of ["0", "x", "9".repeat(15), "9".repeat(40), "-1", "%00"]) {
    const { status } = await weir.call("POST", `${requests}/${request_id}/approve`, {});
    assert.ok(status === 404 || status === 400, `${request_id}: ${status}`);
  }
  assert.deepEqual((await weir.ok("GET", `${requests}?name=m`)).transition_requests, []);
});

/** Schemathesis, from PyPI: makes requests, good and bad, from an OpenAPI document, and checks what is answered against it. */
import { ok } from "node:assert/strict";
import { join } from "node:path";
import { clientOf } from "../client.ts";
import { startServer } from "../server.ts";
import { clientPython, here, pythonIsMissing, run, systemPython } from "./python.ts";

export const python = await systemPython();

/** Runs all of its checks for so long against a fresh server, and fails with all that it said unless they pass. */
export async function fuzzServer(seconds: number, ...options: string[]): Promise<void> {
  if (python === undefined) throw new Error(pythonIsMissing);
  const path = await clientPython(python);
  const folder = await Deno.makeTempDir({ prefix: "weir-schemathesis-" });
  const server = await startServer();
  try {
    const document = join(folder, "openapi.json");
    await Deno.writeTextFile(document, await knowingDocument(server.url));
    const { success, output } = await run(
      path,
      [
        ...[
          "-m",
          "schemathesis.cli",
          "--config-file",
          `${here}schemathesis.toml`,
          "run",
          document,
          "--url",
          server.url,
        ],
        // These two say NOT_IMPLEMENTED, with status 501, to all that is right.
        ...["--exclude-path-regex", "presigned|/mpu/", "--no-color", "--max-time", `${seconds}`, ...options],
      ],
      {},
      folder,
    );
    ok(success, `${output}\nThe server said:\n${server.output()}`);
  } finally {
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * The server's OpenAPI document, changed in three ways: fields for ids often have the id of something that is there, since made-up ids
 * lead nowhere; and no answer may have a field that is not described, which clients are not told, for fields may be added; and a list in the URL may be
 * one value, which is sent as a list of one is.
 */
async function knowingDocument(url: string): Promise<string> {
  const { ok, startRun } = clientOf(url);
  const [run_id, { model }] = await Promise.all([
    startRun(),
    ok("POST", "logged-models", { experiment_id: "0", name: "fuzzed" }),
  ]);
  const ids: Readonly<Record<string, string>> = { run_id, model_id: model.info.model_id, experiment_id: "0" };
  const document = await ok("GET", "/openapi.json");
  exact(document.components.schemas);
  for (const methods of Object.values(document.paths)) {
    for (const { responses } of Object.values(methods as Record<string, { responses: object }>)) {
      exact("200" in responses ? responses["200"] : undefined);
    }
  }
  return JSON.stringify(document, (key, value) => {
    if (typeof value !== "object" || value === null) return value;
    if (typeof value.in === "string") return { ...value, schema: often(ids[value.name], orOne(value.schema)) };
    return often(ids[key], value);
  });
}

const often = (id: string | undefined, schema: object): object =>
  id === undefined ? schema : { anyOf: [{ const: id }, schema] };

const orOne = (schema: { type?: unknown; items?: object }): object =>
  schema.type === "array" && schema.items ? { anyOf: [schema, schema.items] } : schema;

/** Rules out, in place, the fields that a schema does not name. */
function exact(schema: unknown): void {
  if (typeof schema !== "object" || schema === null) return;
  Object.values(schema).forEach(exact);
  if ("properties" in schema && !("additionalProperties" in schema)) {
    Object.assign(schema, { additionalProperties: false });
  }
}

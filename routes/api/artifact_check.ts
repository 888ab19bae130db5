import type { Hono } from "hono";
import type { CheckStep } from "../../domain/artifact_check.ts";
import { edit, read } from "../../domain/permissions.ts";
import { CheckArtifacts } from "../../wire/artifact_check.ts";
import { parseMessage } from "../../wire/message.ts";
import { authorize } from "../caller.ts";
import { toApiError } from "../errors.tsx";
import type { Services } from "../services.ts";

/** Compares the own store with what is noted of its files. Answers JSON line by line as it goes, for a store may have millions. */
export function mountArtifactCheck(app: Hono, services: Services): void {
  app.post("/api/weir/1/artifacts/check", (context) => {
    const { repair } = parseMessage(CheckArtifacts, context.req.query());
    authorize(repair ? edit.artifact : read.artifact, context);
    const explain = (error: unknown) => {
      const { code, message } = toApiError(error, services, context);
      return { error: { error_code: code, message } };
    };
    return new Response(ReadableStream.from(lines(services.checkArtifacts(repair), explain)), {
      headers: { "content-type": "application/jsonl" },
    });
  });
}

async function* lines(steps: AsyncGenerator<CheckStep>, explain: (error: unknown) => object) {
  const encoder = new TextEncoder();
  const line = (value: object) => encoder.encode(`${JSON.stringify(value)}\n`);
  try {
    for await (const step of steps) yield line(step);
  } catch (error) {
    yield line(explain(error));
  }
}

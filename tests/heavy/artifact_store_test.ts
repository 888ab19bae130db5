import { equal, ok } from "node:assert/strict";
import { clientOf } from "../client.ts";
import { createDatabase } from "../database.ts";
import { startServer } from "../server.ts";
import { s3Settings } from "../server/s3_settings.ts";
import { needs, startVersitygw, versitygw, versitygwIsMissing } from "../tools.ts";
import { openTunnel } from "../tunnel.ts";

/** Milliseconds: MLflow's client waits so long for an answer (MLFLOW_HTTP_REQUEST_TIMEOUT). */
const patience = 120_000;

Deno.test(
  "a store that takes connections and never answers is said to be so before MLflow's client gives up",
  needs(await versitygw(), versitygwIsMissing),
  async () => {
    await using s3 = await startVersitygw();
    await using tunnel = openTunnel(s3.endpoint);
    await using database = await createDatabase();
    const server = await startServer({ ...s3Settings({ ...s3, endpoint: tunnel.url }), DATABASE_URL: database.url });
    const client = clientOf(server.url);
    const file = client.file("0/r/f");
    equal(await fetch(file, { method: "PUT", body: "old" }).then((put) => put.text()), "{}");
    tunnel.swallow();
    const asked = [
      ...["GET", "DELETE"].map((method) => fetch(file, { method, signal: AbortSignal.timeout(patience) })),
      ...["x", new Uint8Array(20_000_000)].map((body) =>
        fetch(file, { method: "PUT", body, signal: AbortSignal.timeout(patience) })
      ),
    ];
    const answers = await Promise.allSettled(
      asked.map(async (answer) => [(await answer).status, await (await answer).text()]),
    );
    tunnel.cut();
    tunnel.mend();
    const told = await fetch(file).then((answer) => answer.text());
    await server.stop();
    for (const answer of answers) {
      ok(answer.status === "fulfilled" && answer.value[0] === 503, `${Deno.inspect(answer)}`);
    }
    equal(told, "old");
  },
);

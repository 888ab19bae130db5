import { startOtherPostgres, query, until } from "./tests/postgres.ts";
import { startServer } from "./tests/server.ts";
await using pg = await startOtherPostgres();
console.log(pg.version);
const weir = await startServer({ DATABASE_URL: pg.url, WEIR_POOL: "4", WEIR_LOG: "debug" });
console.log(weir.output());
const get = async () => { const t = performance.now(); const r = await fetch(weir.url + "/api/2.0/mlflow/experiments/get?experiment_id=0"); await r.text(); return `${r.status} ${Math.round(performance.now()-t)}ms`; };
console.log(await Promise.all(Array.from({length: 10}, get)));
await pg.stop("SIGQUIT");
for (let i = 0; i < 12; i++) { console.log(await Promise.all(Array.from({length: 10}, get))); await new Promise(d=>setTimeout(d,500)); }
await pg.start();
console.log("started");
for (let i = 0; i < 8; i++) { console.log(await Promise.all(Array.from({length: 10}, get))); await new Promise(d=>setTimeout(d,500)); }
console.log(await weir.stop());
console.log(weir.output().split("\n").slice(-5).join("\n"));

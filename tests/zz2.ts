import { openDatabase } from "../db/sql.ts";
const l = Deno.listen({hostname: "127.0.0.1", port: 0});
let n = 0;
(async () => { for await (const c of l) { n++; (async () => { if (Deno.args[0] === "read") await c.read(new Uint8Array(1000)); c.close(); })(); } })();
const sql = openDatabase(`postgres://a:b@127.0.0.1:${l.addr.port}/weir`, {pool: 2, prepare: true});
for (const f of [() => sql`select 1`, () => sql.begin(async tx => await tx`select 1`)]) {
const t = Date.now();
await Promise.race([f().catch((e: Error) => console.log(e.message, (e as any).code)), new Promise(d=>setTimeout(d,4000))]);
console.log(Date.now()-t, "connections", n);
}
Deno.exit();

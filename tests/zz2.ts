import { openDatabase } from "../db/sql.ts";
const l = Deno.listen({hostname: "127.0.0.1", port: 0});
(async () => { for await (const c of l) { console.log("conn"); c.readable.pipeTo(new WritableStream({write(x){console.log("got", x.length)}})).catch(e=>console.log(String(e))).then(()=>console.log("closed")); } })();
const sql = openDatabase(`postgres://a:b@127.0.0.1:${l.addr.port}/weir`, {pool: 2, prepare: true});
for (const f of [() => sql`select 1`, () => sql.begin(async tx => await tx`select 1`)]) {
const t = Date.now();
await Promise.race([f().catch((e: Error) => console.log(e.message, (e as any).code)), new Promise(d=>setTimeout(d,25000))]);
console.log(Date.now()-t);
}
Deno.exit();

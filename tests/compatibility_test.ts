import assert from "node:assert/strict";
import { compatibility, isServed, type MlflowEndpoint, mlflowEndpoints, refusalOf } from "../docs/compatibility.ts";
import { notServed } from "../routes/api/not_served.ts";
import { startWeir } from "./weir.ts";

Deno.test("compatibility.md is what `deno run -A docs/compatibility.ts` writes", async () => {
  const text = await Deno.readTextFile(new URL("../docs/compatibility.md", import.meta.url));
  assert.equal(text, compatibility());
});

Deno.test("an endpoint of MLflow is said to be served where the program mounts it, and only there", async () => {
  await using weir = await startWeir();
  const refused = new Set(notServed.flatMap(({ paths }) => paths));
  const routes = weir.app.routes
    .filter(({ path }) => !/^\/?\*$/.test(path) && !refused.has(path))
    .map(({ method, path }) => ({ method, pattern: routePattern(path) }));
  const isMounted = ({ method, path }: MlflowEndpoint) =>
    routes.some((route) => route.method === method && route.pattern.test(path.replaceAll(/\{[\w.]+\}/g, "x")));
  const wrong = mlflowEndpoints.filter((endpoint) => isServed(endpoint) !== isMounted(endpoint));
  assert.deepEqual(wrong, []);
});

Deno.test("every row of the table of refusals still refuses something of MLflow's", () => {
  const asked = new Set(mlflowEndpoints.filter((endpoint) => !isServed(endpoint)).map(refusalOf));
  assert.deepEqual(notServed.filter((row) => !asked.has(row)), []);
});

Deno.test("MLflow's list has its 187 declared endpoints and the others, each once", () => {
  const names = mlflowEndpoints.map(({ method, path }) => `${method} ${path}`);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.length > 187);
});

/** Of a path in Hono's form. */
function routePattern(path: string): RegExp {
  const pattern = path.replaceAll(/[.+]/g, "\\$&").replaceAll(/:\w+(\{[^}]*\})?/g, "[^/]+").replace(/\*$/, ".*");
  return new RegExp(`^${pattern}$`);
}

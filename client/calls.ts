import type { z } from "zod";
import type { endpoints } from "../routes/app.ts";
import type { Endpoint } from "../routes/endpoint.ts";

/**
 * Every call of the API, by what a client writes: "POST runs/create" for what stands below `/api/2.0/mlflow/`, "GET
 * /api/weir/1/metrics/series" for what stands elsewhere. Taken from the endpoints' own declarations, so it cannot say anything
 * else than they do.
 */
export type Calls = {
  [Declared in (typeof endpoints)[number] as NameOf<Declared>]: {
    input: z.input<Declared["input"]>;
    output: z.output<Declared["output"]>;
  };
};

type NameOf<Declared> = Declared extends Endpoint<infer _I, infer _O, infer M, infer P, infer V, infer N>
  ? `${M} ${N extends "weir" ? `/api/weir/1/${P}` : V extends "3.0" ? `/api/3.0/mlflow/${P}` : P}`
  : never;

import { needs } from "../tools.ts";
import { pythonIsMissing } from "./python.ts";
import { fuzzServer, python } from "./schemathesis.ts";

const options = needs(python?.path, pythonIsMissing);

Deno.test("whatever is sent, answers are those of the OpenAPI document and never a 5xx", options, async () => {
  await fuzzServer(90, "--seed", "1");
});

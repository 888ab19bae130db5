import { needs } from "../tools.ts";
import { pythonIsMissing } from "./python.ts";
import { fuzzServer, python } from "./schemathesis.ts";

const options = needs(python?.path, pythonIsMissing);

Deno.test("what the OpenAPI document tells to try is answered as it says, and never with a 5xx", options, async () => {
  await fuzzServer(90, "--seed", "1", "--phases", "examples,coverage");
});

import { pythonIsMissing } from "../clients/python.ts";
import { fuzzServer, python } from "../clients/schemathesis.ts";
import { needs } from "../tools.ts";

const options = needs(python?.path, pythonIsMissing);

Deno.test(
  "ten minutes of other requests each time find no 5xx and no answer beyond the OpenAPI document",
  options,
  async () => {
    await fuzzServer(600);
  },
);

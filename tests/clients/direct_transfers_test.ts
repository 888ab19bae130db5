import { moveInParts, needsBoth } from "./direct_transfers.ts";

Deno.test(
  "MLflow's Python client moves big files in parts past the server, both ways",
  needsBoth,
  () => moveInParts(12),
);

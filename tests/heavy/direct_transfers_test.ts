import { moveInParts, needsBoth } from "../clients/direct_transfers.ts";

Deno.test(
  "MLflow's Python client moves a file of 2 GB past the server as it comes, both ways",
  needsBoth,
  () => moveInParts(2000),
);

import { message, text } from "./message.ts";

export const ListArtifacts = message({
  run_id: text.exactOptional(),
  run_uuid: text.exactOptional(),
  path: text.exactOptional(),
  page_token: text.exactOptional(),
});

import { z } from "zod";
import { read } from "../../domain/permissions.ts";
import { endpoint } from "../endpoint.ts";

export const serverEndpoints = [
  endpoint({
    method: "GET",
    path: "server-info",
    version: "3.0",
    input: z.object({}),
    access: read.server,
    handle: () => ({
      store_type: "SqlStore",
      workspaces_enabled: false,
      trace_archival_enabled: false,
      multipart_uploads_enabled: false,
      multipart_downloads_enabled: false,
      presigned_upload_run_id_supported: false,
      presigned_upload_model_id_supported: false,
      features_enabled: { gateway: false },
    }),
  }),
];

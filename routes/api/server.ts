import { z } from "zod";
import { read } from "../../domain/permissions.ts";
import { ServerInfo } from "../../wire/answers.ts";
import { endpoint } from "../endpoint.ts";

const NoTelemetry = z.object({
  disable_ui_telemetry: z.literal(true),
  disable_ui_events: z.array(z.string()),
  ui_rollout_percentage: z.number(),
});

export const serverEndpoints = [
  endpoint({
    method: "GET",
    path: "server-info",
    summary: "Says what this server can do.",
    version: "3.0",
    input: z.object({}),
    output: ServerInfo,
    access: read.server,
    handle: ({ artifacts: { own } }) => ({
      store_type: "SqlStore",
      workspaces_enabled: false,
      trace_archival_enabled: false,
      multipart_uploads_enabled: own.direct !== undefined,
      multipart_downloads_enabled: own.direct !== undefined,
      // Of the protocol, as on MLflow's server; whether a store can do it is asked for each run.
      presigned_upload_run_id_supported: true,
      presigned_upload_model_id_supported: true,
      features_enabled: { gateway: false },
    }),
  }),
  endpoint({
    method: "GET",
    path: "ui-telemetry",
    version: "3.0",
    summary: "Tells MLflow's pages to send no telemetry.",
    input: z.object({}),
    output: NoTelemetry,
    access: read.server,
    handle: () => ({ disable_ui_telemetry: true as const, disable_ui_events: [], ui_rollout_percentage: 0 }),
  }),
  endpoint({
    method: "POST",
    path: "ui-telemetry",
    version: "3.0",
    summary: "Drops the telemetry of MLflow's pages.",
    input: z.object({}),
    output: z.object({ status: z.literal("disabled") }),
    access: read.server,
    handle: () => ({ status: "disabled" as const }),
  }),
];

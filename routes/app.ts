import { Hono } from "hono";
import { assessmentEndpoints } from "./api/assessments.ts";
import { mountArtifactCheck } from "./api/artifact_check.ts";
import { artifactEndpoints, mountArtifactProxy, mountRunFiles, mountUpload } from "./api/artifacts.ts";
import { mountZip } from "./api/artifact_zip.ts";
import { completeFilterEndpoints } from "./api/complete_filter.ts";
import { mountCurveFiles } from "./api/curve_files.ts";
import { curveEndpoints } from "./api/curves.ts";
import { experimentEndpoints } from "./api/experiments.ts";
import { jobEndpoints } from "./api/jobs.ts";
import { loggedModelEndpoints } from "./api/logged_models.ts";
import { loggedModelFileEndpoints, mountModelFiles } from "./api/logged_model_files.ts";
import { metricHistoryEndpoints } from "./api/metric_histories.ts";
import { metricEndpoints } from "./api/metrics.ts";
import { modelVersionEndpoints, mountVersionFiles } from "./api/model_versions.ts";
import { multipartEndpoints } from "./api/multipart.ts";
import { mountNotServed } from "./api/not_served.ts";
import { mountOtlp } from "./api/otlp.ts";
import { presignedEndpoints } from "./api/presigned.ts";
import { projectLookEndpoints } from "./api/project_looks.ts";
import { purgeEndpoints } from "./api/purges.ts";
import { fileOperations, mountReference } from "./api/reference.ts";
import { registeredModelEndpoints } from "./api/registered_models.ts";
import { registryHistoryEndpoints } from "./api/registry_history.ts";
import { runEndpoints } from "./api/runs.ts";
import { mountRunLogs, runLogEndpoints } from "./api/run_logs.ts";
import { mountRunUpload } from "./api/run_upload.ts";
import { mountRunExport } from "./api/run_export.ts";
import { serverEndpoints } from "./api/server.ts";
import { mountTraceFiles } from "./api/trace_files.ts";
import { scheduleEndpoints } from "./api/schedules.ts";
import { sweepEndpoints } from "./api/sweeps.ts";
import { traceTagEndpoints } from "./api/trace_tags.ts";
import { traceEndpoints } from "./api/traces.ts";
import { traceSearchEndpoints } from "./api/trace_search.ts";
import { transitionRequestEndpoints } from "./api/transition_requests.ts";
import { webhookEndpoints } from "./api/webhooks.ts";
import { workerEndpoints } from "./api/workers.ts";
import { type Assets, mountAssets } from "./assets.ts";
import { identify } from "./caller.ts";
import { addressOf, mountEndpoints } from "./endpoint.ts";
import { mountComparisonExport } from "./compare_export.ts";
import { errorResponse, toApiError } from "./errors.tsx";
import { mountLive } from "./live.ts";
import { refuseWhenClosing } from "./middleware/closing.ts";
import { requestLog } from "./middleware/request_log.ts";
import { sameOrigin } from "./middleware/same_origin.ts";
import { securityHeaders } from "./middleware/security_headers.ts";
import { methodsOf, refuseUnknown } from "./not_found.ts";
import { mountPages } from "./page.tsx";
import { binPages } from "./pages/bin.tsx";
import { chartsPages } from "./pages/charts.tsx";
import { comparePages } from "./pages/compare.tsx";
import { evaluationPages } from "./pages/evaluation.tsx";
import { experimentPages } from "./pages/experiments.tsx";
import { jumpPages } from "./pages/jump.tsx";
import { launchPages } from "./pages/launch.tsx";
import { loggedModelPages } from "./pages/logged_model.tsx";
import { modelPages } from "./pages/model.tsx";
import { modelForms } from "./pages/model_forms.tsx";
import { modelsPages } from "./pages/models.tsx";
import { projectPages } from "./pages/projects.tsx";
import { mountRunEvents, runPages } from "./pages/run.tsx";
import { experimentTabPages } from "./pages/experiment_tabs.tsx";
import { runActionPages } from "./pages/run_actions.tsx";
import { runsPages } from "./pages/runs.tsx";
import { mountDefaultViews, savedViewPages } from "./pages/saved_views.tsx";
import { schedulePages } from "./pages/schedules.tsx";
import { settingsPages } from "./pages/settings.tsx";
import { sweepPages } from "./pages/sweeps.tsx";
import { uploadPages } from "./pages/uploads.tsx";
import { versionPages } from "./pages/version.tsx";
import { versionComparePages } from "./pages/version_compare.tsx";
import { versionForms } from "./pages/version_forms.tsx";
import { href, path, setLinks } from "../views/links.ts";
import { protocolVersion, type Services } from "./services.ts";
import { mountShownFiles } from "./shown_files.ts";

/** Every endpoint that takes and answers JSON. */
export const endpoints = [
  ...experimentEndpoints,
  ...runEndpoints,
  ...metricEndpoints,
  ...metricHistoryEndpoints,
  ...loggedModelEndpoints,
  ...loggedModelFileEndpoints,
  ...artifactEndpoints,
  ...presignedEndpoints,
  ...purgeEndpoints,
  ...multipartEndpoints,
  ...serverEndpoints,
  ...curveEndpoints,
  ...completeFilterEndpoints,
  ...runLogEndpoints,
  ...registeredModelEndpoints,
  ...modelVersionEndpoints,
  ...registryHistoryEndpoints,
  ...transitionRequestEndpoints,
  ...traceEndpoints,
  ...traceTagEndpoints,
  ...webhookEndpoints,
  ...assessmentEndpoints,
  ...traceSearchEndpoints,
  ...jobEndpoints,
  ...sweepEndpoints,
  ...projectLookEndpoints,
  ...scheduleEndpoints,
  ...workerEndpoints,
];

const pages = [
  ...experimentPages,
  ...evaluationPages,
  ...runsPages,
  ...runPages,
  ...chartsPages,
  ...comparePages,
  ...projectPages,
  ...launchPages,
  ...uploadPages,
  ...sweepPages,
  ...schedulePages,
  ...binPages,
  ...jumpPages,
  ...loggedModelPages,
  ...modelsPages,
  ...modelPages,
  ...modelForms,
  ...versionPages,
  ...versionForms,
  ...versionComparePages,
  ...settingsPages,
  ...savedViewPages,
  ...runActionPages,
  ...experimentTabPages,
];

export interface AppOptions {
  /** Host names that the server is reached by, beside loopback and private addresses. */
  allowedHosts: readonly string[];
  /** How people reach the server, without a slash at the end; undefined: as their requests say. */
  publicUrl?: string | undefined;
  logRequests?: boolean;
}

/** The whole of Weir's HTTP, without a socket. Below the path of its public address, and without it, for proxies that strip it. */
export function createApp(services: Services, assets: Assets, options: AppOptions): Hono {
  setLinks({ publicUrl: options.publicUrl, version: assets.version });
  const app = createRoutes(services, assets, options);
  const base = href(path``);
  return base === "" ? app : new Hono().mount(base, app.fetch).mount("/", app.fetch);
}

function createRoutes(services: Services, assets: Assets, options: AppOptions): Hono {
  const app = new Hono();
  if (options.logRequests) app.use(requestLog(services));
  app.use(securityHeaders(), refuseWhenClosing(services), sameOrigin(options.allowedHosts), identify(services));
  app.get("/health", (context) => context.text("OK"));
  app.get("/version", (context) => context.text(protocolVersion));
  mountEndpoints(app, services, endpoints);
  mountArtifactProxy(app, services);
  mountArtifactCheck(app, services);
  mountRunFiles(app, services);
  mountShownFiles(app, services);
  mountZip(app, services);
  mountUpload(app, services);
  mountRunUpload(app, services);
  mountRunLogs(app, services);
  mountRunEvents(app, services);
  mountModelFiles(app, services);
  mountVersionFiles(app, services);
  mountOtlp(app, services);
  mountTraceFiles(app, services);
  mountRunExport(app, services);
  mountComparisonExport(app, services);
  mountCurveFiles(app, services);
  mountLive(app, services);
  mountAssets(app, assets);
  mountDefaultViews(app, services);
  mountPages(app, services, pages);
  mountReference(app, endpoints);
  const served = methodsOf([
    ...endpoints.map((endpoint) => ({ method: endpoint.method, path: addressOf(endpoint) })),
    ...fileOperations,
  ]);
  mountNotServed(app, served);
  app.get("/", (context) => context.redirect(href(path`/experiments`)));
  app.notFound(refuseUnknown(served));
  app.onError((error, context) => errorResponse(toApiError(error, services, context), context));
  return app;
}

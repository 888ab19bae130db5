import {
  approveRequest,
  cancelRequest,
  getTransitionRequest,
  listTransitionRequests,
  rejectRequest,
  requestTransition,
} from "../../db/transition_requests.ts";
import { edit, read } from "../../domain/permissions.ts";
import { checkRegistryMaxResults } from "../../domain/search_limits.ts";
import * as wire from "../../wire/transition_requests.ts";
import { endpoint } from "../endpoint.ts";
import { changeBy } from "./registered_models.ts";

const mostRequests = 1000;

export const transitionRequestEndpoints = [
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "transition-requests",
    summary: "Asks for a version to be moved to a stage, or for an alias to be moved to it; somebody else decides.",
    input: wire.CreateTransitionRequest,
    output: wire.OneTransitionRequest,
    access: read.model_version,
    handle: async (services, { comment, ...asked }) => ({
      transition_request: await requestTransition(services.sql, asked, changeBy(services, comment)),
    }),
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "transition-requests",
    summary: "Lists the requests for a model or one of its versions, newest first, page by page.",
    input: wire.ListTransitionRequests,
    output: wire.TransitionRequests,
    access: read.model_version,
    handle: async ({ sql }, query) => {
      checkRegistryMaxResults(query.max_results, 1, mostRequests);
      return await listTransitionRequests(sql, { ...query, version: query.version || undefined });
    },
  }),
  endpoint({
    method: "GET",
    namespace: "weir",
    path: "transition-requests/{request_id}",
    summary: "Answers a request and what became of it.",
    input: wire.TransitionRequestById,
    output: wire.OneTransitionRequest,
    access: read.model_version,
    handle: async ({ sql }, { request_id }) => ({ transition_request: await getTransitionRequest(sql, request_id) }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "transition-requests/{request_id}/approve",
    summary: "Approves a request and does what it asks for, both or neither.",
    input: wire.ApproveTransitionRequest,
    output: wire.OneTransitionRequest,
    access: edit.model_version,
    handle: async (services, { request_id, comment, archive_existing_versions: archive }) => ({
      transition_request: await approveRequest(services.sql, request_id, changeBy(services, comment), archive),
    }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "transition-requests/{request_id}/reject",
    summary: "Rejects a request.",
    input: wire.DecideTransitionRequest,
    output: wire.OneTransitionRequest,
    access: edit.model_version,
    handle: async (services, { request_id, comment }) => ({
      transition_request: await rejectRequest(services.sql, request_id, changeBy(services, comment)),
    }),
  }),
  endpoint({
    method: "POST",
    namespace: "weir",
    path: "transition-requests/{request_id}/cancel",
    summary: "Takes a request back.",
    input: wire.DecideTransitionRequest,
    output: wire.OneTransitionRequest,
    access: read.model_version,
    handle: async (services, { request_id, comment }) => ({
      transition_request: await cancelRequest(services.sql, request_id, changeBy(services, comment)),
    }),
  }),
];

/** What may be done, from least to most. */
export type Action = "read" | "edit" | "delete" | "create";
export type Resource =
  | "experiment"
  | "run"
  | "logged_model"
  | "registered_model"
  | "model_version"
  | "artifact"
  | "trace"
  | "server";

/** What a request wants to do. Every endpoint and page carries one: there is no way to declare one without. */
export interface Access {
  readonly action: Action;
  readonly resource: Resource;
}

/** Who sends a request. Until there are accounts everyone is `anyone`. */
export type Principal = "anyone";
export const anyone: Principal = "anyone";

const rules = (action: Action): Readonly<Record<Resource, Access>> => ({
  experiment: { action, resource: "experiment" },
  run: { action, resource: "run" },
  logged_model: { action, resource: "logged_model" },
  registered_model: { action, resource: "registered_model" },
  model_version: { action, resource: "model_version" },
  artifact: { action, resource: "artifact" },
  trace: { action, resource: "trace" },
  server: { action, resource: "server" },
});

export const read = rules("read");
export const edit = rules("edit");
export const remove = rules("delete");
export const create = rules("create");

/** Whether `who` may do this. Without accounts the server listens on loopback and everyone may do everything. */
export function allows(who: Principal, _access: Access): boolean {
  return who === "anyone";
}

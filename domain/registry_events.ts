/** What happens to registered models, prompts and their versions: what the audit trail keeps and webhooks are told. */

export const registryEntities = [
  "registered_model",
  "model_version",
  "model_version_tag",
  "model_version_alias",
  "registered_model_tag",
  "prompt",
  "prompt_version",
  "prompt_tag",
  "prompt_version_tag",
  "prompt_alias",
  "transition_request",
] as const;
export type RegistryEntity = (typeof registryEntities)[number];

export const registryActions = [
  "created",
  "updated",
  "renamed",
  "deleted",
  "set",
  "stage_changed",
  "rejected",
  "cancelled",
] as const;
export type RegistryAction = (typeof registryActions)[number];

export interface RegistryEvent {
  entity: RegistryEntity;
  action: RegistryAction;
  /** Of the registered model or prompt. */
  name: string;
  version?: number;
  /** Milliseconds since the epoch. */
  time: number;
  who: string;
  /** For the audit trail: what was there and what is. */
  detail: Readonly<Record<string, unknown>>;
  /** What a webhook is told, as MLflow tells it; absent where webhooks have no such event. */
  payload?: Readonly<Record<string, unknown>>;
}

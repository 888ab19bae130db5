import { invalid } from "../../domain/errors.ts";
import type { Backend } from "./backend.ts";

/** Each is loaded when it is asked for: none needs what another does. */
const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  local: async () => (await import("./local.ts")).localBackend,
  spark: async () => (await import("./spark.ts")).sparkBackend,
  databricks: async () => (await import("./databricks.ts")).openDatabricks(),
  sagemaker: async () => (await import("./sagemaker.ts")).openSageMaker(),
  kubernetes: async () => (await import("./kubernetes.ts")).openKubernetes(),
  docker: async () => (await import("./docker.ts")).dockerBackend,
};

export const backendNames: readonly string[] = Object.keys(backends);

/** The backend of `--backend`. INVALID_PARAMETER_VALUE, which lists them, for another name. */
export async function openBackend(name: string): Promise<Backend> {
  const open = Object.hasOwn(backends, name) ? backends[name] : undefined;
  if (open === undefined) {
    throw invalid(`There is no backend ${JSON.stringify(name)}. The backends are ${backendNames.join(", ")}.`);
  }
  return await open();
}

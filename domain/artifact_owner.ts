/** Whose artifacts a folder holds. */
export interface ArtifactOwner {
  kind: "run" | "logged_model" | "trace";
  id: string;
  /** The URI of the folder. */
  folder: string;
}

const form = /^.*?\/(?:([0-9a-f]{32})|models\/(m-[0-9a-f]{32})|traces\/([^/]+))\/artifacts(?=\/)/;

/** Whose file lies at a URI: the folders of runs, models and traces are named after their ids. Undefined for a file of none. */
export function artifactOwner(uri: string): ArtifactOwner | undefined {
  const [folder, run_id, model_id, trace_id] = form.exec(uri) ?? [];
  if (folder === undefined) return undefined;
  if (run_id !== undefined) return { kind: "run", id: run_id, folder };
  if (model_id !== undefined) return { kind: "logged_model", id: model_id, folder };
  return { kind: "trace", id: trace_id ?? "", folder };
}

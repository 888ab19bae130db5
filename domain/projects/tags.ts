/** What the tags of a project's run are made from. */
export interface ProjectFacts {
  user: string;
  /** Without credentials. */
  source_name: string;
  entry_point: string;
  backend: string;
  commit?: string;
  /** Without credentials. */
  repo_url?: string;
  branch?: string;
}

/** The tags of a project's run, as MLflow writes them. */
export const projectTags = (
  { user, source_name, entry_point, backend, commit, repo_url, branch }: ProjectFacts,
): Record<string, string> => ({
  "mlflow.user": user,
  "mlflow.source.name": source_name,
  "mlflow.source.type": "PROJECT",
  "mlflow.project.entryPoint": entry_point,
  "mlflow.project.backend": backend,
  ...(commit !== undefined && { "mlflow.source.git.commit": commit }),
  ...(repo_url !== undefined && { "mlflow.source.git.repoURL": repo_url }),
  ...(branch !== undefined && { "mlflow.source.git.branch": branch }),
});

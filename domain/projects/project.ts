/** What an `MLproject` file says. */
export interface Project {
  name: string | undefined;
  environment: Environment;
  entry_points: ReadonlyMap<string, EntryPoint>;
  databricks_spark_job: DatabricksSparkJob | undefined;
  /** Keys at the top of the file that mean nothing. */
  ignored: readonly string[];
}

/** Where the entry points run. Files are relative to the project's folder; `none` is the Python that is there. */
export type Environment =
  | { kind: "none" }
  | { kind: "python_env" | "conda_env"; file: string }
  | DockerEnvironment;

export interface DockerEnvironment {
  kind: "docker_env";
  image: string;
  /** Each `host:container`, with an optional `:ro`. */
  volumes: readonly string[];
  /** A name alone is copied from where the run is started. */
  environment: readonly (string | readonly [name: string, value: string])[];
}

export interface EntryPoint {
  name: string;
  parameters: ReadonlyMap<string, Parameter>;
  /** With `{name}` where the value of a parameter goes. */
  command: string;
}

export interface Parameter {
  /** `string`, `float`, `path` or `uri`. MLflow checks neither numbers nor texts, and takes other names, such as `int`, for texts: so does Weir. */
  type: string;
  /** Without one a value must be given. */
  default: string | undefined;
}

export interface DatabricksSparkJob {
  python_file: string | undefined;
  parameters: readonly string[];
  python_libraries: readonly string[];
}

/** Parameters with their values, in order. */
export type Values = readonly (readonly [name: string, value: string])[];

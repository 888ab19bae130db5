/** An option of a backend's configuration that a form asks for by itself; what else there is goes in as JSON. */
export interface BackendOption {
  key: string;
  /** For people. */
  text: string;
  example?: string;
  /** Whether it is a number in JSON. */
  number?: boolean;
  required?: boolean;
}

export interface BackendForm {
  name: string;
  text: string;
  options: readonly BackendOption[];
}

/** Where projects can be run, with the options that most people need. */
export const backendForms: readonly BackendForm[] = [
  { name: "local", text: "The worker's machine", options: [] },
  { name: "docker", text: "Docker, on the worker's machine", options: [] },
  {
    name: "kubernetes",
    text: "Kubernetes",
    options: [
      {
        key: "kube-job-template-path",
        text: "Template of the Job, on the worker's machine",
        example: "/etc/weir/job.yaml",
        required: true,
      },
      { key: "kube-context", text: "Context of the kubeconfig", example: "The current one" },
      { key: "repository-uri", text: "Where an image of the project is pushed to", example: "registry.example.com/ml" },
    ],
  },
  {
    name: "spark",
    text: "Spark",
    options: [
      { key: "master", text: "Master", example: "local[*]" },
      { key: "deploy-mode", text: "Deploy mode", example: "client" },
      { key: "executor-memory", text: "Memory of an executor", example: "4g" },
    ],
  },
  {
    name: "databricks",
    text: "Databricks",
    options: [
      { key: "existing_cluster_id", text: "Cluster, unless new_cluster below describes one" },
      { key: "timeout_seconds", text: "Time limit in seconds", number: true },
    ],
  },
  {
    name: "sagemaker",
    text: "SageMaker",
    options: [
      { key: "role_arn", text: "Role", example: "arn:aws:iam::…:role/…", required: true },
      { key: "output_path", text: "Output", example: "s3://bucket/path", required: true },
      { key: "image", text: "Image that holds the project" },
      { key: "repository_uri", text: "Where an image of the project is pushed to" },
      { key: "region", text: "Region" },
      { key: "instance_type", text: "Type of instance", example: "ml.m5.large" },
      { key: "instance_count", text: "Instances", number: true },
    ],
  },
];

/** The name of an option's field in a form. */
export const optionField = (backend: string, key: string): string => `config_${backend}_${key}`;

/** The names of all of them. */
export const optionFields: readonly string[] = backendForms.flatMap(({ name, options }) =>
  options.map(({ key }) => optionField(name, key))
);

import type { CreateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import { invalid } from "../../domain/errors.ts";
import type { Task } from "./backend.ts";
import { count, type readConfig, settings, word, words } from "./backend_config.ts";
import { containerVariables, oneProgram, safeName } from "./container.ts";

const s3 = word.regex(/^s3:\/\/[^/]+/, { error: "must be a place in S3, such as s3://bucket/prefix" });

export const config = {
  role_arn: word.regex(/^arn:aws[\w-]*:iam::\d{12}:role\//, {
    error: "must be the ARN of a role that SageMaker may take, such as arn:aws:iam::123456789012:role/name",
  }),
  output_path: s3,
  region: word.optional(),
  image: word.optional(),
  /** Where the project's files go, in an image on top of `image`. */
  repository_uri: word.optional(),
  instance_type: word.default("ml.m5.large"),
  instance_count: count(1).default(1),
  volume_size_gb: count(1).default(30),
  max_runtime_seconds: count(1).default(86_400),
  /** From asking for spot instances to the end; without it the instances are of the usual kind. */
  max_wait_seconds: count(1).optional(),
  subnets: words.optional(),
  security_group_ids: words.optional(),
  kms_key_id: word.optional(),
  tags: settings.optional(),
};
export type SageMakerConfig = ReturnType<typeof readConfig<typeof config>>;

export type TrainingJob = CreateTrainingJobCommandInput & { TrainingJobName: string };

/** Letters of a variable's value and of a word of a command; variables and words. Source: the API's reference. */
const [longestValue, longestWord, most] = [512, 256, 100];

/** The request of a training job. INVALID_PARAMETER_VALUE for what is longer than SageMaker takes. */
export function trainingJob(task: Task, given: SageMakerConfig, image: string, now: Date): TrainingJob {
  const { argv, variables } = oneProgram(task.steps);
  const { subnets, security_group_ids: groups } = given;
  if ((subnets === undefined) !== (groups === undefined)) {
    throw invalid("The configuration of the backend 'sagemaker' is wrong: subnets and security_group_ids go together.");
  }
  const stamp = now.toISOString().replace(/\D/g, "").slice(0, 17);
  const name = `${safeName(task.project.name, "project", 30)}-${stamp}-${task.run_id.slice(0, 8)}`;
  const [entry, args] = [argv.slice(0, 1), argv.slice(1)];
  if (args.length > most || argv.some((one) => one.length > longestWord)) {
    throw invalid(
      `SageMaker takes a command of ${most} words of ${longestWord} letters: put what is longer into a script.`,
    );
  }
  return {
    TrainingJobName: name,
    RoleArn: given.role_arn,
    AlgorithmSpecification: {
      TrainingImage: image,
      TrainingInputMode: "File",
      ContainerEntrypoint: entry,
      ...(args.length > 0 && { ContainerArguments: args }),
    },
    Environment: fitting({ ...containerVariables(task), ...variables }),
    OutputDataConfig: { S3OutputPath: given.output_path, ...(given.kms_key_id && { KmsKeyId: given.kms_key_id }) },
    ResourceConfig: {
      InstanceType: instanceType(given.instance_type),
      InstanceCount: given.instance_count,
      VolumeSizeInGB: given.volume_size_gb,
      ...(given.kms_key_id && { VolumeKmsKeyId: given.kms_key_id }),
    },
    StoppingCondition: {
      MaxRuntimeInSeconds: given.max_runtime_seconds,
      ...(given.max_wait_seconds && { MaxWaitTimeInSeconds: given.max_wait_seconds }),
    },
    EnableManagedSpotTraining: given.max_wait_seconds !== undefined,
    ...(subnets && groups && { VpcConfig: { Subnets: subnets, SecurityGroupIds: groups } }),
    Tags: Object.entries({ "weir:run": task.run_id, ...given.tags }).map(([Key, Value]) => ({ Key, Value })),
  };
}

type InstanceType = NonNullable<NonNullable<CreateTrainingJobCommandInput["ResourceConfig"]>["InstanceType"]>;

/** The SDK's list of types grows slower than Amazon's own, which SageMaker checks. */
function instanceType(type: string): InstanceType {
  if (isInstanceType(type)) return type;
  throw invalid(`'instance_type' must be one of SageMaker's, such as ml.m5.large, not ${JSON.stringify(type)}.`);
}

const isInstanceType = (type: string): type is InstanceType => /^ml(\.[\w-]+)+$/.test(type);

function fitting(variables: Record<string, string>): Record<string, string> {
  const long = Object.keys(variables).find((name) => (variables[name] ?? "").length > longestValue);
  if (long !== undefined) throw invalid(`SageMaker takes variables of ${longestValue} letters; ${long} is longer.`);
  if (Object.keys(variables).length > most) throw invalid(`SageMaker takes ${most} variables; the run has more.`);
  return variables;
}

/** Where people find the job and its log, in Amazon's console. */
export function consoleTags(region: string, job: string): Record<string, string> {
  const domain = region.startsWith("cn-") ? "console.amazonaws.cn" : "console.aws.amazon.com";
  const base = `https://${region}.${domain}`;
  return {
    "weir.sagemaker.jobName": job,
    "weir.sagemaker.jobURL": `${base}/sagemaker/home?region=${region}#/jobs/${job}`,
    "weir.sagemaker.logURL":
      `${base}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/$252Faws$252Fsagemaker$252FTrainingJobs$3FlogStreamNameFilter$3D${job}$252F`,
  };
}

import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { z } from "zod";
import { invalid } from "../../domain/errors.ts";
import type { Backend, Ending, Execution, Reference, Report, Task } from "./backend.ts";
import { readConfig } from "./backend_config.ts";
import { checkImage, checkReachable, dockerEnvironment } from "./container.ts";
import { clusterImage } from "./docker_image.ts";
import { lost, untilEnded } from "./polling.ts";
import { config, consoleTags, type SageMakerConfig, trainingJob } from "./sagemaker_job.ts";

export interface SageMakerOptions {
  /** Milliseconds between two looks at a job. */
  interval?: number;
}

/** Runs projects as training jobs of Amazon SageMaker. */
export const openSageMaker = ({ interval = 15_000 }: SageMakerOptions = {}): Backend => ({
  name: "sagemaker",
  submit: (task, report, signal) => submit(task, report, interval, signal),
  resume: async (reference, { environment }) => {
    const known = z.object({ job: z.string(), region: z.string() }).safeParse(reference);
    if (!known.success) throw invalid("The reference to a training job of SageMaker must name its job and its region.");
    return execution(await connect(environment, known.data.region), known.data, interval);
  },
});

/** The SDK takes half a second to load: nothing but this backend does it. */
const sdk = () => import("@aws-sdk/client-sagemaker");

async function submit(task: Task, report: Report, interval: number, signal?: AbortSignal): Promise<Execution> {
  const given = readConfig("sagemaker", config, task.config);
  checkReachable(task.variables, "a training job of SageMaker");
  const region = given.region ?? task.environment.AWS_REGION ?? task.environment.AWS_DEFAULT_REGION;
  if (region === undefined) throw invalid("The backend 'sagemaker' needs a region: give 'region', or set AWS_REGION.");
  const [base, now] = [baseImage(task, given), new Date()];
  trainingJob(task, given, base, now); // refuses what cannot be, before an image is built
  const asked = { base, repository: given.repository_uri, setting: "repository_uri", puller: "SageMaker" };
  const job = trainingJob(task, given, await clusterImage(task, asked, report, signal), now);
  const client = await connect(task.environment, region);
  const { CreateTrainingJobCommand } = await sdk();
  signal?.throwIfAborted();
  try {
    await client.send(new CreateTrainingJobCommand(job));
  } catch (error) {
    client.destroy();
    throw invalid(`SageMaker does not take the training job: ${said(error)}`);
  }
  report.say(`Created the training job ${job.TrainingJobName}`);
  await report.tag(consoleTags(region, job.TrainingJobName));
  return execution(client, { job: job.TrainingJobName, region }, interval);
}

function baseImage(task: Task, given: SageMakerConfig): string {
  const image = given.image ?? dockerEnvironment(task.project)?.image;
  if (image === undefined) throw invalid("There is no image to run: give 'image', or the project a docker_env.");
  return checkImage(image, "'image'");
}

/** As who started the run; where its environment has no keys, as the SDK finds them. */
async function connect(environment: Task["environment"], region: string): Promise<SageMakerClient> {
  const { SageMakerClient } = await sdk();
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } =
    environment;
  const endpoint = environment.AWS_ENDPOINT_URL_SAGEMAKER ?? environment.AWS_ENDPOINT_URL;
  return new SageMakerClient({
    region,
    ...(endpoint && { endpoint }),
    ...(accessKeyId && secretAccessKey && {
      credentials: { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) },
    }),
    // The SDK's own one asks for the name and release of the operating system.
    defaultUserAgentProvider: () => Promise.resolve([["weir"]]),
  });
}

const Described = z.object({
  TrainingJobStatus: z.string(),
  SecondaryStatus: z.string().optional(),
  FailureReason: z.string().optional(),
});

function execution(client: SageMakerClient, known: { job: string; region: string }, interval: number): Execution {
  const what = `The training job ${known.job} of SageMaker`;
  const request = { TrainingJobName: known.job };
  const cancelled = new AbortController();
  const reference: Reference = known;
  const look = async (): Promise<Ending | undefined> => {
    const { DescribeTrainingJobCommand } = await sdk();
    try {
      return endingOf(Described.parse(await client.send(new DescribeTrainingJobCommand(request))), what);
    } catch (error) {
      if (isGone(error)) return lost(what, said(error));
      throw new Error(said(error), { cause: error });
    }
  };
  return {
    reference,
    watch: async ({ say }) => {
      try {
        return await untilEnded({ what, say, interval, hurry: cancelled.signal, look });
      } finally {
        client.destroy();
      }
    },
    cancel: async () => {
      if (cancelled.signal.aborted) return;
      const { StopTrainingJobCommand } = await sdk();
      // Jobs that have ended are refused: `watch` tells how they did.
      await client.send(new StopTrainingJobCommand(request)).catch((error) => {
        if (!isGone(error) && !/ended|Stopp|Completed|Failed/i.test(said(error))) throw error;
      });
      cancelled.abort();
    },
  };
}

/** How a training job ended; undefined while it goes on. */
export function endingOf(
  { TrainingJobStatus: status, SecondaryStatus: detail, FailureReason: reason }: z.output<typeof Described>,
  what: string,
): Ending | undefined {
  if (status === "Completed") return { status: "FINISHED" };
  if (status === "Failed") {
    return { status: "FAILED", reason: `${what} failed: ${reason ?? detail ?? "no reason told"}` };
  }
  if (status !== "Stopped") return undefined;
  if (/^Max\w+Exceeded$/.test(detail ?? "")) return { status: "FAILED", reason: `${what} took too long (${detail}).` };
  return { status: "KILLED", reason: `${what} was stopped.` };
}

const isGone = (error: unknown): boolean => /not found|could not find/i.test(said(error));

const said = (error: unknown): string => error instanceof Error ? error.message || error.name : String(error);

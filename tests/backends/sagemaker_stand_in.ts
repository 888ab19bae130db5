/** A stand-in for the states of SageMaker's training jobs, which moto has not: every job of moto's is Completed at once. */
export interface SageMakerStandIn extends AsyncDisposable {
  url: string;
  calls: string[];
  /** What DescribeTrainingJob answers; undefined: there is no such job. */
  job: Record<string, string> | undefined;
  /** What CreateTrainingJob was asked last. */
  asked: unknown;
}

export function startSageMakerStandIn(): SageMakerStandIn {
  const refuse = (message: string) => Response.json({ __type: "ValidationException", message }, { status: 400 });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const call = request.headers.get("x-amz-target")?.replace("SageMaker.", "") ?? "";
    standIn.calls.push(call);
    const asked = await request.json();
    if (call === "CreateTrainingJob") {
      standIn.asked = asked;
      standIn.job = { TrainingJobStatus: "InProgress", SecondaryStatus: "Starting" };
      return Response.json({ TrainingJobArn: "arn:aws:sagemaker:eu-west-1:123456789012:training-job/x" });
    }
    if (standIn.job === undefined) return refuse("Requested resource not found.");
    if (call === "DescribeTrainingJob") return Response.json(standIn.job);
    if (standIn.job.TrainingJobStatus !== "InProgress") {
      return refuse("The request was rejected because the training job has ended.");
    }
    standIn.job = { TrainingJobStatus: "Stopped", SecondaryStatus: "Stopped" };
    return Response.json({});
  });
  const standIn: SageMakerStandIn = {
    url: `http://127.0.0.1:${server.addr.port}`,
    calls: [],
    job: undefined,
    asked: undefined,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return standIn;
}

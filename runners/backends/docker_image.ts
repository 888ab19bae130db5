import { join } from "node:path";
import { invalid } from "../../domain/errors.ts";
import { openGit } from "../projects/git.ts";
import type { Report, Task } from "./backend.ts";
import { checkImage, projectFolder } from "./container.ts";
import { type Docker, openDocker } from "./docker_cli.ts";

/** An image that is on this machine. */
export interface Image {
  /** By which people know it. */
  uri: string;
  /** `sha256:…` */
  id: string;
}

type Build = Pick<Task, "folder" | "environment">;

/** Fetches an image, unless it is there. INVALID_PARAMETER_VALUE with docker's words where that cannot be. */
export async function pullImage(docker: Docker, uri: string, report: Report, signal?: AbortSignal): Promise<Image> {
  checkImage(uri, "docker_env.image");
  const there = await imageId(docker, uri, signal);
  if (there !== undefined) return { uri, id: there };
  report.say(`Pulling the image ${uri}`);
  await docker.must(`The image ${uri} cannot be pulled`, ["pull", uri], report.write, signal);
  return { uri, id: await imageId(docker, uri, signal) ?? uri };
}

async function imageId(docker: Docker, uri: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const { code, out } = await docker.ask(["image", "inspect", "--format", "{{.Id}}", uri], signal);
  signal?.throwIfAborted();
  return code === 0 && out !== "" ? out : undefined;
}

/**
 * Builds an image of the project's files on top of `base`. It is named `repository`, with seven letters of the commit where the files
 * are of one. Two builds of one name at once do not disturb each other: each is known by its id.
 */
export async function buildImage(
  docker: Docker,
  { folder, environment }: Build,
  { base, repository }: { base: string; repository: string },
  report: Report,
  signal?: AbortSignal,
): Promise<Image> {
  checkImage(base, "The image to build on");
  const commit = await commitOf(folder, environment, signal);
  const uri = checkImage(
    commit === undefined ? repository : `${repository}:${commit.slice(0, 7)}`,
    "The image to build",
  );
  const work = await Deno.makeTempDir({ prefix: "weir-image-" });
  try {
    const [file, idFile] = [join(work, "Dockerfile"), join(work, "id")];
    await Deno.writeTextFile(file, `FROM ${base}\nCOPY . ${projectFolder}\nWORKDIR ${projectFolder}\n`);
    report.say(`Building the image ${uri} on ${base}`);
    const args = ["build", "--tag", uri, "--iidfile", idFile, "--file", file, folder];
    await docker.must(`The image ${uri} cannot be built`, args, report.write, signal);
    const id = await Deno.readTextFile(idFile).catch(() => imageId(docker, uri, signal));
    return { uri, id: id?.trim() || uri };
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Sends an image to its registry. Its name there with its digest, `name@sha256:…`: what it is stays what it is. */
export async function pushImage(
  docker: Docker,
  { uri, id }: Image,
  report: Report,
  signal?: AbortSignal,
): Promise<string> {
  report.say(`Pushing the image ${uri}`);
  await docker.must(`The image ${uri} cannot be pushed`, ["push", uri], report.write, signal);
  const format = "{{range .RepoDigests}}{{println .}}{{end}}";
  const { out, err } = await docker.ask(["image", "inspect", "--format", format, id], signal);
  signal?.throwIfAborted();
  const name = uri.replace(/:[^:/]*$/, "");
  const digest = out.split(/\s+/).find((one) => one.startsWith(`${name}@`));
  if (digest === undefined) throw invalid(`The registry of ${uri} told no digest of the image. ${err}`.trimEnd());
  return `${uri}@${digest.slice(name.length + 1)}`;
}

export const imageTags = (uri: string, id: string): Record<string, string> => ({
  "mlflow.project.env": "docker",
  "mlflow.docker.image.uri": uri,
  "mlflow.docker.image.id": id,
});

/** Of the repository that the files lie in; undefined where they lie in none, or there is no git. */
async function commitOf(
  folder: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const git = await openGit(folder, environment, signal);
  if (git === undefined) return undefined;
  const { code, out } = await git("rev-parse", "--verify", "--quiet", "HEAD");
  signal?.throwIfAborted();
  return code === 0 && /^[0-9a-f]{7,}$/.test(out) ? out : undefined;
}

export interface ClusterImage {
  base: string;
  /** Where an image of the project goes that is built on top of `base`; without one there is none. */
  repository: string | undefined;
  /** The key of the configuration that names the repository, and who pulls from it: for people. */
  setting: string;
  puller: string;
}

/** The image that a cluster is to run: `base` as it is, or one of the project's files on top of it, pushed. Notes it in the run's tags. */
export async function clusterImage(
  task: Task,
  { base, repository, setting, puller }: ClusterImage,
  report: Report,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (repository === undefined) {
    if (task.build_image) {
      throw invalid(`An image that is built needs '${setting}', where ${puller} pulls it from.`);
    }
    await report.tag({ "mlflow.project.env": "docker", "mlflow.docker.image.uri": base });
    return base;
  }
  const docker = await openDocker(task.environment);
  const built = await buildImage(docker, task, { base, repository }, report, signal);
  const pushed = await pushImage(docker, built, report, signal);
  await report.tag(imageTags(built.uri, pushed.slice(pushed.indexOf("@") + 1)));
  return pushed;
}

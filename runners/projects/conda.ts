import { join } from "node:path";
import { invalid } from "../../domain/errors.ts";
import { cachedEnvironment } from "./env_cache.ts";
import type { Recipe } from "./environment.ts";
import { findProgram, runProcess } from "./process.ts";

/** The programs that make conda environments, the first one found is taken. */
const programs = ["conda", "mamba", "micromamba"];

export async function findConda(path: string | undefined): Promise<string | undefined> {
  for (const name of programs) {
    const found = await findProgram(name, path);
    if (found) return found;
  }
  return undefined;
}

/** Makes the environment of a conda file, and answers the variables to use it: those that activating would set. */
export async function condaEnvironment(
  { text, file, variables, cache, say, write, signal, ...recipe }: Recipe,
): Promise<
  Record<string, string>
> {
  const conda = await findConda(variables.PATH);
  if (!conda) {
    throw invalid(`None of ${programs.join(", ")} is installed here: install one, or use --env-manager virtualenv.`);
  }
  const folder = await cachedEnvironment(cache, ["conda", text ?? ""], {
    wait: () => say("Waiting for the environment, which another run is building"),
    make: async (folder) => {
      say(`Building the environment ${folder}`);
      const own = `${folder}.yaml`;
      if (file === undefined) await Deno.writeTextFile(own, "dependencies: [python]\n");
      const create = conda.endsWith("/micromamba") ? ["create", "--yes"] : ["env", "create", "--yes"];
      const argv: [string, ...string[]] = [conda, ...create, "--prefix", folder, "--file", file ?? own];
      const { code } = await runProcess({ argv, cwd: recipe.folder, env: variables }, write, signal)
        .finally(() => Deno.remove(own).catch(() => {}));
      if (signal?.aborted) throw signal.reason;
      if (code !== 0) throw invalid(`The environment cannot be built: ${argv.join(" ")} ended with ${code}.`);
    },
  });
  return {
    ...variables,
    CONDA_PREFIX: folder,
    CONDA_DEFAULT_ENV: folder,
    PATH: [join(folder, "bin"), variables.PATH ?? ""].join(":"),
  };
}

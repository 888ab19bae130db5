import type { Run } from "../domain/entities.ts";
import { ApiError } from "../domain/errors.ts";
import {
  type ImageCard,
  imageCards,
  imageFolder,
  imagesTag,
  imageSteps,
  type StepImage,
} from "../domain/image_steps.ts";
import { artifactPlace, joinPaths } from "./artifact_place.ts";
import type { Services } from "./services.ts";

/** Runs whose folders are looked into. */
const mostRuns = 12;

/** The images that these runs logged at steps; of the first dozen that have some. A store that does not answer has none. */
export async function imagesOfRuns(
  services: Services,
  runs: readonly Run[],
): Promise<{ cards: ImageCard[]; left_out: number }> {
  const having = runs.filter((run) => run.data.tags?.some(({ key }) => key === imagesTag));
  const found = await Promise.all(
    having.slice(0, mostRuns).map(async ({ info: { run_id, run_name, artifact_uri } }) => ({
      run_id,
      run_name,
      images: await imagesAt(services, artifact_uri),
    })),
  );
  return { cards: imageCards(found), left_out: Math.max(0, having.length - mostRuns) };
}

async function imagesAt(services: Services, artifact_uri: string): Promise<StepImage[]> {
  try {
    const { store, folder } = await artifactPlace(services, artifact_uri);
    return imageSteps((await store.list(joinPaths(folder, imageFolder))).map((file) => file.path));
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

/** Images that `mlflow.log_image(image, key=…, step=…)` leaves in the folder `images` of a run. */

export const imageFolder = "images";
/** A run that has some bears this tag. */
export const imagesTag = "mlflow.loggedImages";

export interface StepImage {
  key: string;
  step: number;
  /** Of the file that is small enough to look through, and of the one that was logged; in the folder. */
  shown: string;
  whole: string;
}

/** `dogs~val+step+40+timestamp+1795448550558+<uuid>+compressed.webp`; clients before 2.15 wrote % and # for + and ~. */
const named = /^(.+)([+%])step\2(-?\d+)\2timestamp\2(\d+)\2([0-9a-f-]{36})(\2compressed)?\.(png|webp)$/;

/** The images among files, by key and step; of several at one step the latest. */
export function imageSteps(files: readonly string[]): StepImage[] {
  const latest = new Map<string, StepImage & { timestamp: number }>();
  for (const file of files) {
    const [, name = "", divider, step, at, , small] = named.exec(file) ?? [];
    if (step === undefined) continue;
    const [key, timestamp] = [name.replaceAll(divider === "%" ? "#" : "~", "/"), Number(at)];
    const place = `${step} ${key}`;
    const known = latest.get(place);
    if (known && known.timestamp > timestamp) continue;
    const same = known?.timestamp === timestamp ? known : undefined;
    latest.set(place, {
      key,
      step: Number(step),
      timestamp,
      shown: small ? file : same?.shown ?? file,
      whole: small ? same?.whole ?? file : file,
    });
  }
  return [...latest.values()].map(({ timestamp: _, ...image }) => image).sort((a, b) =>
    a.step - b.step || (a.key < b.key ? -1 : 1)
  );
}

/** The images of one key of some runs. */
export interface ImageCard {
  key: string;
  /** All steps at which any of the runs has one, ascending. */
  steps: number[];
  runs: { run_id: string; run_name: string; images: StepImage[] }[];
}

export function imageCards(
  runs: readonly { run_id: string; run_name: string; images: readonly StepImage[] }[],
): ImageCard[] {
  const keys = [...new Set(runs.flatMap(({ images }) => images.map(({ key }) => key)))].sort();
  return keys.map((key) => {
    const own = runs.map((run) => ({ ...run, images: run.images.filter((image) => image.key === key) }));
    const steps = new Set(own.flatMap(({ images }) => images.map(({ step }) => step)));
    return { key, steps: [...steps].sort((a, b) => a - b), runs: own.filter(({ images }) => images.length > 0) };
  });
}

/** The image of a run at a step: the last one until then, or else its first. */
export const imageAt = (images: readonly StepImage[], step: number): StepImage | undefined =>
  images.findLast((image) => image.step <= step) ?? images[0];

/** Which of its steps each card shows, `3:dogs`: the last word on each. */
export function imagePlaces(words: readonly string[]): Map<string, number> {
  return new Map(words.flatMap((word): [string, number][] => {
    const [, place, key] = /^(\d{1,9}):([^]+)$/.exec(word) ?? [];
    return key === undefined ? [] : [[key, Number(place)]];
  }));
}

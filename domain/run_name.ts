import type { KeyValue } from "./entities.ts";
import { invalid } from "./errors.ts";

const adjectives =
  ("able agile amber ample ancient ardent bold brave breezy bright brisk calm candid clear clever cosmic crisp " +
    "curious daring deep eager early earnest easy fair famous fleet fluent fond frank fresh gentle glad golden grand happy " +
    "hardy honest humble keen kind lively loyal lucid lucky mellow merry mighty modest neat nimble noble patient placid " +
    "plucky polite proud quick quiet rapid ready robust royal rustic serene sharp silent silver simple sincere sleek smooth " +
    "solid spry steady sturdy subtle sunny swift tidy tranquil upbeat valiant vivid warm wise witty zesty").split(" ");

const nouns =
  ("alder ash aspen badger bay beaver beck bend birch bittern bream bridge brook burn canal carp cascade channel " +
    "cove crane creek current dace delta dipper duck eddy eel egret estuary falls ferry fjord flume ford fountain gorge grebe " +
    "gull harbour heron hollow inlet kelpie kingfisher lagoon lake larch lily lock loon marsh meadow mere mill minnow moor newt " +
    "oak osprey otter perch pike pond pool rapids reed rill river roach salmon sluice spring stream swan teal tern trout " +
    "vale wagtail weir willow").split(" ");

const pick = (words: readonly string[]): string => words[Math.floor(Math.random() * words.length)]!;

/** A name for a run or model that came without one, as `swift-otter-214`. */
export const randomName = (): string => `${pick(adjectives)}-${pick(nouns)}-${Math.floor(Math.random() * 1000)}`;

/** What a new run is called: as asked, by its tag, or by chance. INVALID_PARAMETER_VALUE where the two differ. */
export function nameOfRun(run_name: string, tags: readonly KeyValue[]): string {
  const tagged = tags.findLast((tag) => tag.key === "mlflow.runName")?.value;
  if (run_name && tagged && run_name !== tagged) {
    throw invalid(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values ` +
        `(run_name='${run_name}', mlflow.runName='${tagged}').`,
    );
  }
  return run_name || tagged || randomName();
}

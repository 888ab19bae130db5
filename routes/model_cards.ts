import { ApiError } from "../domain/errors.ts";
import type { ShownModel, SmallFile } from "../domain/look.ts";
import { readModelCard } from "../domain/model_card.ts";
import { decodeText } from "../domain/preview_text.ts";
import { joinPaths } from "./artifact_place.ts";
import type { FilePlace } from "./file_looks.ts";
import { yamlValue } from "./text_reader.ts";

/** Bytes of an MLmodel, and of the files beside it, that are read. */
const largestModel = 1_000_000;
const mostBeside = 8_000;

/** The model in a folder; undefined where the folder has no MLmodel. */
export async function modelIn(place: FilePlace, folder: string): Promise<ShownModel | undefined> {
  const file = await readSmall(place, folder, "MLmodel", largestModel);
  return file && await modelOf(place, folder, file.text);
}

/** What an MLmodel and the files beside it say. A broken one is a card that says what is wrong. */
export async function modelOf(place: FilePlace, folder: string, text: string): Promise<ShownModel> {
  const { value, fault } = await yamlValue(text);
  if (fault !== undefined) {
    const none = { flavors: [], needs: [], metadata: [] };
    return { folder, card: { ...none, faults: [`It is not YAML that can be read. ${fault}`] }, needs: [] };
  }
  const card = readModelCard(value);
  const beside = (name: string | undefined) =>
    name === undefined ? undefined : readSmall(place, folder, name, mostBeside);
  const [example, request, ...needs] = await Promise.all([
    beside(card.example?.path),
    beside(card.example?.serving_path),
    ...card.needs.map(beside),
  ]);
  if (card.example && !example) card.faults.push(`The input example ${card.example.path} is not there.`);
  return {
    folder,
    card,
    ...(example && { example }),
    ...(request && { request }),
    needs: needs.filter((file) => file !== undefined),
  };
}

async function readSmall(
  { store, folder: root }: FilePlace,
  folder: string,
  name: string,
  most: number,
): Promise<SmallFile | undefined> {
  try {
    const stored = await store.get(joinPaths(joinPaths(root, folder), name), { start: 0, end: most - 1 });
    if (!stored) return undefined;
    const cut = stored.size < stored.total;
    const text = decodeText(await new Response(stored.stream).bytes(), cut)?.text;
    return text === undefined ? undefined : { name, text, cut };
  } catch (error) {
    if (error instanceof ApiError) return undefined; // a folder of that name
    throw error;
  }
}

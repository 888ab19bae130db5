import { z } from "zod";
import { fileModes, zooms } from "../domain/look.ts";
import { message, name, text } from "./message.ts";

/** The part of a page's query string that says which files are looked at, and how. */

const words = text.default("").transform((value) => value.trim());
const flag = z.preprocess((value) => value !== undefined && value !== "" && value !== "0", z.boolean());

export const fileShape = {
  as: z.enum(fileModes).catch(""),
  zoom: z.enum(zooms).catch(""),
  /** Long lines go on in the next. */
  wrap: flag,
  /** What is looked for in a tree of JSON or YAML. */
  look: words,
  /** What names of files are looked for. */
  files: words,
  /** The first entry of the open folder that is shown, from 0. */
  from: z.preprocess(Number, z.number().int().min(0).max(1e9)).catch(0),
};

/** Of a page that has files and nothing else of these names. */
export const filesShape = { path: text.default(""), ...fileShape };

export type FilesView = z.output<z.ZodObject<typeof filesShape>>;

/** The page of a logged model. */
export const LoggedModelQuery = message({ model_id: name, ...filesShape });

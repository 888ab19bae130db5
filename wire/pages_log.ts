import { z } from "zod";
import { logStreams } from "../domain/run_log.ts";
import { int64, message, name, text } from "./message.ts";

/** The part of a run's address that its tab Log reads. What is not known means the usual choice, as in `pages.ts`. */

const line = int64.pipe(z.int().min(1)).optional().catch(undefined);

export const logShape = {
  stream: z.enum(logStreams).optional().catch(undefined),
  /** The line that is looked at. */
  line,
  /** The first line of the page, and the one that it ends before. */
  first: line,
  before: line,
  /** A line or a moment to go to, as somebody typed it. */
  go: text.default("").transform((value) => value.trim()),
  /** Minutes by which the reader's clock is ahead of UTC. */
  zone: int64.pipe(z.int().min(-24 * 60).max(24 * 60)).catch(0),
  /** What is searched for, and the line that the search goes on from. */
  q: text.default(""),
  after: line,
  wrap: z.preprocess((value) => value !== undefined && value !== "" && value !== "0", z.boolean()),
};

const LogQuery = z.object(logShape);
export type LogView = z.output<typeof LogQuery>;

export const LogEvents = message({
  run_id: name,
  stream: logShape.stream,
  position: int64.pipe(z.int().min(0)).optional().catch(undefined),
});

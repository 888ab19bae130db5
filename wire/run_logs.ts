import { z } from "zod";
import { logStreams } from "../domain/run_log.ts";
import { bool, int64, message, name, text } from "./message.ts";

/** Beyond MLflow: what runs print. */

/** Any text that has bytes: NUL characters are printed, too. */
const printed = z.string().refine(
  (value) => value.isWellFormed(),
  "Invalid value for parameter '{field}' supplied: text must not hold unpaired surrogates. Send 'base64' instead.",
);

const stream = z.enum(logStreams);
const place = int64.pipe(z.int().min(0));

export const AppendLog = message({
  run_id: name,
  stream: stream.default("stdout"),
  offset: place.exactOptional(),
  text: printed.exactOptional(),
  base64: z.string().exactOptional(),
});

const some = { run_id: name, stream: stream.exactOptional() };
const most = (usual: number, most: number) => int64.default(usual).pipe(z.int().min(1).max(most));

export const ReadLog = message({
  ...some,
  first_line: int64.exactOptional(),
  before_line: int64.exactOptional(),
  since: int64.exactOptional(),
  max_lines: most(1000, 10_000),
  plain: bool.default(false),
});
export const SearchLog = message({
  ...some,
  query: text,
  match_case: bool.default(false),
  first_line: int64.default(1),
  max_results: most(100, 1000),
});
export const LogBytes = message(some);
export const FollowLog = message({ ...some, position: place.exactOptional() });

const int = z.int();

export const LogLine = z.object({
  line: int.describe("Its number in the log, both streams counted together as their lines end, from 1."),
  stream,
  time: int.describe("When its end came. Milliseconds since the epoch."),
  text: z.string().describe("Without its line end; what is no UTF-8 is U+FFFD."),
  cut: z.literal(true).exactOptional().describe("Its beginning is left out: it was too long."),
}).meta({ id: "LogLine" });

export const LogEnd = z.object({
  offset: int.describe("Bytes of the stream that are kept: where the next request goes on."),
});
export const LogLines = z.object({
  lines: z.array(LogLine),
  unfinished: z.array(LogLine).describe("What has begun at the end of the log but not ended, by stream."),
  total_lines: int.describe("Of both streams."),
  stdout_size: int.describe("Bytes."),
  stderr_size: int.describe("Bytes."),
});
export const LogHits = z.object({
  hits: z.array(LogLine),
  next_line: int.exactOptional().describe("Where to go on; absent where the log was searched to its end."),
});

import { z } from "zod";
import { bool, message, name, text } from "./message.ts";
import { within } from "./jobs.ts";

/** Beyond MLflow: what projects say of themselves, read by workers. */

export const AskLook = message({
  uri: name.pipe(z.string().max(2048)),
  version: text.pipe(z.string().max(2048)).default(""),
  again: bool.default(false).describe("Whether to look anew, whatever was found in the last minutes."),
});
export const LookById = message({ look_id: name });

const texts = z.string();

export const ProjectLook = z.object({
  name: texts.exactOptional(),
  commit: texts.exactOptional().describe("That was looked at, of a git repository."),
  environment: z.enum(["none", "python_env", "conda_env", "docker_env"]),
  entry_points: z.array(z.object({
    name: texts,
    command: texts,
    parameters: z.array(z.object({
      key: texts,
      type: texts,
      default: texts.exactOptional().describe("Without one a value must be given."),
    })),
  })),
  scripts: z.array(texts).describe("Files that can be run as entry points, too."),
}).meta({ id: "ProjectLook" });

export const ClaimLook = message({ worker_id: name, wait_ms: within(0, 60_000).default(0) });
export const AnswerLook = message({
  worker_id: name,
  look_id: name,
  found: ProjectLook.exactOptional(),
  reason: text.exactOptional(),
});

const AskedLook = z.object({
  look_id: texts,
  uri: texts,
  version: texts,
  created_time: z.int().describe("Milliseconds since the epoch."),
  found: ProjectLook.exactOptional(),
  reason: texts.exactOptional().describe("Why nothing was found."),
}).meta({ id: "AskedLook" });

export const OneLook = z.object({ look: AskedLook.describe("Without `found` and `reason` no worker has looked yet.") });
export const ClaimedLook = z.object({ look: AskedLook.exactOptional() });

// deno-lint-ignore-file no-console -- it talks to people
/** The `weir` command: `deno task weir --help`. A verb is a file of this folder. */
import { Command, CommanderError } from "commander";
import { WeirError } from "../client/weir.ts";
import { fsck } from "./fsck.ts";
import { gc } from "./gc.ts";
import { logs } from "./logs.ts";
import { run } from "./run.ts";
import { Refused } from "./server.ts";
import { sweep } from "./sweep.ts";
import { worker } from "./worker.ts";

const program = new Command("weir")
  .description("Runs projects, and looks after a Weir server and what is on it.")
  .exitOverride()
  .showHelpAfterError("(weir --help tells more)");
for (const verb of [fsck, gc, logs, run, sweep, worker]) program.addCommand(verb.copyInheritedSettings(program));

try {
  await program.parseAsync(Deno.args, { from: "user" });
} catch (error) {
  // Commander has said it already.
  if (error instanceof CommanderError) Deno.exit(error.exitCode === 0 ? 0 : 2);
  if (!(error instanceof WeirError) && !(error instanceof Refused)) throw error;
  console.error(`weir: ${error.message}`);
  Deno.exit(1);
}

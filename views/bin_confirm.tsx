import { bytes, counted } from "../domain/format.ts";
import type { PurgePlan } from "../domain/purges.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Panel } from "./parts.tsx";
import { KeptItems } from "./bin_purges.tsx";
import { TypedWord } from "./typed_word.tsx";

/** What has to be typed where there is no one name. */
export const purgeWord = "purge";

export interface ConfirmProps {
  plan: PurgePlan;
  /** Chosen ones, such as `run:<run_id>`; none: all that was deleted up to `until`. */
  things: readonly string[];
  until: number | undefined;
  /** What has to be typed. */
  word: string;
  wrong: boolean;
}

/** Asks before anything is removed for good: what goes, what stays, and for a word. */
export function Confirm({ plan, things, until, word, wrong }: ConfirmProps) {
  const nothing = plan.experiments + plan.runs + plan.logged_models === 0;
  return (
    <div class="page purging">
      <Panel title={things.length === 0 ? "Empty the bin?" : "Purge for good?"} class="confirm">
        <form class="form" method="post" action={href(path`/bin/purge`)}>
          <p>{nothing ? "There is nothing that can be purged." : <Going plan={plan} />}</p>
          {plan.kept > 0 && (
            <>
              <p>
                <b>{counted(plan.kept, "thing")}</b> {plan.kept === 1 ? "is" : "are"}{" "}
                kept, because versions of registered models need the files:
              </p>
              <KeptItems items={plan.items.slice(0, 10)} total={plan.kept} />
              <label class="check">
                <input type="checkbox" name="force" value="1" />
                Purge these, too. The versions stay, but lose their files.
              </label>
            </>
          )}
          {(!nothing || plan.kept > 0) && (
            <TypedWord word={word} wrong={wrong ? "That was something else. Nothing was removed." : undefined} />
          )}
          <HiddenFields query={{ things, until }} />
          <div class="acts">
            <a class="btn" href={href(path`/bin`)}>Keep everything</a>
            {(!nothing || plan.kept > 0) && (
              <button type="submit" class="danger">
                <Icon name="delete" />Purge
              </button>
            )}
          </div>
        </form>
      </Panel>
    </div>
  );
}

function Going({ plan }: { plan: PurgePlan }) {
  const parts = [
    [plan.experiments, "experiment"],
    [plan.runs, "run"],
    [plan.logged_models, "logged model"],
    [plan.traces, "trace"],
  ] as const;
  const words = parts.filter(([number]) => number > 0).map(([number, noun]) => counted(number, noun));
  return (
    <>
      <b>{words.join(", ")}</b> and <b>{counted(plan.files, "file")} ({bytes(plan.bytes)})</b>{" "}
      are removed for good. Nobody can restore them afterwards.
    </>
  );
}

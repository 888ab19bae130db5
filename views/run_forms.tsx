import { tagOf } from "../domain/compare.ts";
import type { Run } from "../domain/entities.ts";
import { noteKey } from "../domain/names.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Menu } from "./parts.tsx";

/** What can be done to a run from its own page. */
export function RunMenu({ run, is_baseline }: { run: Run; is_baseline: boolean }) {
  const { run_id, run_name } = run.info;
  return (
    <Menu icon="edit" text="Edit">
      <form class="form" method="post" action={href(path`/runs/${run_id}/edit`)}>
        <label>
          Name
          <input type="text" name="run_name" value={run_name} required maxlength={250} autocomplete="off" dir="auto" />
        </label>
        <label>
          Description, in Markdown
          <textarea name="description" rows={5} dir="auto">{tagOf(run, noteKey) ?? ""}</textarea>
        </label>
        <div class="acts">
          <button type="submit" class="pri">Save</button>
        </div>
      </form>
      <hr />
      <form method="post" action={href(path`/baselines`)}>
        <input type="hidden" name="page" value="run" />
        <button type="submit" name={is_baseline ? "forget" : "run_id"} value={run_id}>
          <Icon name="bookmark" />
          {is_baseline ? "No longer the baseline of the experiment" : "Set as the baseline of the experiment"}
        </button>
      </form>
      <form method="post" action={href(path`/runs/${run_id}/delete`)}>
        <button type="submit" class="danger">
          <Icon name="delete" />Delete
        </button>
      </form>
    </Menu>
  );
}

/** Ends a run whose process is gone, or that is to end. */
export function StopMenu({ run }: { run: Run }) {
  return (
    <Menu icon="stop" text="Stop">
      <form class="form" method="post" action={href(path`/runs/${run.info.run_id}/stop`)}>
        <p class="wide">
          The run is marked as killed, with this moment as its end. A process that still runs is not told: it can go on
          logging, and ends the run anew when it is done.
        </p>
        <div class="acts">
          <button type="submit" class="danger">Stop the run</button>
        </div>
      </form>
    </Menu>
  );
}

/** On the page of a deleted run. */
export function DeletedRunNote({ run, can_edit }: { run: Run; can_edit: boolean }) {
  return (
    <div class="note warn" role="status">
      <Icon name="warning" />
      <p>
        This run is in the bin. It can be read but not changed. <a href={href(path`/bin`)}>Open the bin</a>
      </p>
      {can_edit && (
        <form method="post" action={href(path`/runs/${run.info.run_id}/restore`)}>
          <button type="submit">
            <Icon name="restore" />Restore
          </button>
        </form>
      )}
    </div>
  );
}

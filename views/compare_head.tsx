import type { RunStatus } from "../domain/entities.ts";
import type { LineStyle } from "./curve_svg.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Dot, Status } from "./parts.tsx";

/** A compared run. */
export interface Column {
  run_id: string;
  name: string;
  status: RunStatus;
  deleted: boolean;
  style: LineStyle;
  /** Whether it may leave the comparison: of two runs none may. */
  loose: boolean;
  /** It was set as the baseline of its experiment. */
  kept: boolean;
}

/** A run's name, state and pin: the head of its column, or of its row. The buttons belong to the forms `pin` and `drop`. */
export function RunHead({ column, scope, base }: { column: Column; scope: "col" | "row"; base: boolean }) {
  const { run_id, name, status, deleted, style } = column;
  return (
    <th scope={scope} class={`${scope === "row" ? "k" : ""}${base ? " base" : ""}`} data-run={run_id}>
      <div class="nm">
        <Dot run_id={run_id} mark={style.mark} />
        <a href={href(path`/runs/${run_id}`)} title={name} dir="auto">{name}</a>
        {column.loose && <DropButton run_id={run_id} name={name} />}
      </div>
      <div class="s">
        {deleted ? <span class="err">Deleted</span> : <Status status={status} />}
        <button
          type="submit"
          form="pin"
          name="baseline"
          value={run_id}
          class="pinb"
          aria-pressed={base ? "true" : "false"}
        >
          <Icon name="pin" />
          {base ? "Baseline" : "Pin"}
          <span class="sr">{base ? "" : `${name} as the baseline`}</span>
        </button>
        {(base || column.kept) && <KeepButton column={column} />}
      </div>
    </th>
  );
}

/** Sets the run as the baseline of its experiment for everybody, or takes that back. */
function KeepButton({ column: { run_id, name, kept } }: { column: Column }) {
  const does = kept
    ? `${name} is the baseline of its experiment for everybody. Forget that`
    : `Set ${name} as the baseline of its experiment, for everybody`;
  return (
    <button
      type="submit"
      form="keep"
      name={kept ? "forget" : "run_id"}
      value={run_id}
      class="pinb sq keep"
      aria-pressed={kept ? "true" : "false"}
      aria-label={does}
      title={does}
    >
      <Icon name="bookmark" />
    </button>
  );
}

function DropButton({ run_id, name }: { run_id: string; name: string }) {
  return (
    <button
      type="submit"
      form="drop"
      name="drop"
      value={run_id}
      class="ghost drop"
      aria-label={`Leave out ${name}`}
      title="Leave out"
    >
      <Icon name="close" />
    </button>
  );
}

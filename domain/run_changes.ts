/** What was done to chosen runs at once, with what undoing it needs to know. Runs are named by their ids. */
export type RunChange =
  | { act: "tagged"; key: string; value: string; before: Record<string, string | null> }
  /** Only the runs that had the tag. */
  | { act: "untagged"; key: string; before: Record<string, string> }
  | { act: "renamed"; name: string; before: Record<string, string> }
  /** `from`: the experiment of each run before; of those that were chosen and of their children. */
  | { act: "moved"; to: string; chosen: number; from: Record<string, string> }
  | { act: "copied"; to: string; chosen: number; copies: string[] }
  | { act: "deleted"; runs: string[] }
  | { act: "restored"; runs: string[] };

export interface NotedChange {
  change_id: string;
  /** On whose page it was done. */
  experiment_id: string;
  /** How many, with the children that came along. */
  runs: number;
  change: RunChange;
  undone: boolean;
}

/** How many runs a change was about. */
export function runsOf(change: RunChange): number {
  switch (change.act) {
    case "moved":
      return Object.keys(change.from).length;
    case "copied":
      return change.copies.length;
    case "deleted":
    case "restored":
      return change.runs.length;
    default:
      return Object.keys(change.before).length;
  }
}

/** Most runs that are changed at once: all of them in one transaction. */
export const mostChanged = 5000;

/** The tag of a copy that names the run that it was made of. */
export const copiedFromKey = "weir.copiedFrom";

/** What is asked for more than a click: a page with a form. */
export const runActs = ["tag", "rename", "move", "copy"] as const;
export type RunAct = (typeof runActs)[number];

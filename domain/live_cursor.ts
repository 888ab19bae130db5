/**
 * How far a page has been told what changes: the id of a server-sent event. It says all that another instance needs to go on from there.
 */

/** Where a stream of an experiment stands. */
export interface ExperimentCursor {
  /** Every transaction before this one is told. */
  transaction: number;
  /** The newest run of the server when the page was made, by its number: later ones are new to it. */
  newest: number;
  /** The numbers of the runs that were running; undefined where they were too many to say. */
  running: readonly number[] | undefined;
}

/** The longest list that an id holds: headers have a limit, too. */
const mostRunning = 200;

export function printCursor({ transaction, newest, running }: ExperimentCursor): string {
  const list = running === undefined || running.length > mostRunning
    ? "many"
    : running.map((run) => run.toString(36)).join("-");
  return `${transaction}.${newest}.${list}`;
}

/** The cursor of an id; undefined for any other text. */
export function cursorIn(id: string): ExperimentCursor | undefined {
  const [, transaction, newest, list] =
    /^(\d{1,15})\.(\d{1,15})\.(many|(?:[0-9a-z]{1,10}(?:-[0-9a-z]{1,10})*)?)$/.exec(id) ?? [];
  if (transaction === undefined || newest === undefined || list === undefined || id.length > 4000) return undefined;
  const running = list === "many" ? undefined : list.split("-").filter(Boolean).map((run) => parseInt(run, 36));
  if (running?.some((run) => !Number.isSafeInteger(run))) return undefined;
  return { transaction: Number(transaction), newest: Number(newest), running };
}

/** The id of a stream of runs is a transaction alone. */
export const transactionIn = (id: string): number | undefined => /^\d{1,15}$/.test(id) ? Number(id) : undefined;

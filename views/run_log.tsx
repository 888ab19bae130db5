import type { Child } from "hono/jsx";
import type { DrawnLine } from "../domain/log_drawing.ts";
import type { LogStream } from "../domain/run_log.ts";
import { bytes, count, counted } from "../domain/format.ts";
import type { LogView } from "../wire/pages_log.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path, type Query } from "./links.ts";
import { LogRows } from "./log_lines.tsx";
import { Empty, Panel, Snippet } from "./parts.tsx";
import { shell } from "./snippets.ts";

export interface RunLogProps {
  run_id: string;
  view: LogView;
  /** Bytes of both streams, and of each. */
  sizes: { size: number; stdout_size: number; stderr_size: number };
  total: number;
  lines: readonly DrawnLine[];
  open: readonly DrawnLine[];
  earlier: boolean;
  later: boolean;
  here?: number | undefined;
  next?: number | undefined;
  wrong?: boolean | undefined;
  /** More may come. */
  running: boolean;
  active: boolean;
  server: string;
}

type Fields = Partial<Pick<LogView, "stream" | "line" | "first" | "before" | "q" | "after" | "wrap">>;

const fields = (view: LogView): Fields => ({ stream: view.stream, wrap: view.wrap, q: view.q });

/** This tab with something changed; places in the log are left out unless they are named. */
const logHref = ({ run_id, view }: Pick<RunLogProps, "run_id" | "view">, change: Fields = {}): string =>
  href(path`/runs/${run_id}`, queryOf({ ...fields(view), ...change }));

const queryOf = ({ wrap, ...rest }: Fields): Query => ({ tab: "log", ...rest, wrap: wrap && "1" });

const lineHref = (props: Pick<RunLogProps, "run_id" | "view">, line: number): string =>
  `${logHref(props, { q: "", line })}#L${line}`;

/** What a run printed, as it comes. */
export function RunLog(props: RunLogProps) {
  const { run_id, view, sizes, total, running } = props;
  if (sizes.size === 0 && !running) return <NoLog {...props} />;
  return (
    <section class="pan logp" id="log">
      <header>
        <h2>Log</h2>
        <span class="mut" id="log-note">
          {counted(total, "line")}, {bytes(sizes.size)}
        </span>
        <Streams {...props} />
        <span class="grow"></span>
        <GoTo {...props} />
        <Search {...props} />
        <a
          class="btn"
          href={logHref(props, { wrap: !view.wrap, ...(props.here !== undefined && { line: props.here }) })}
          data-wrap
          aria-pressed={view.wrap ? "true" : "false"}
          role="button"
        >
          Wrap
        </a>
        <a class="btn" href={href(path`/api/weir/1/runs/logs/download`, { run_id, stream: view.stream })} download>
          <Icon name="download" />Download
        </a>
      </header>
      {props.wrong && (
        <p class="note warn" role="alert">
          “{view.go}” is neither a line nor a time: write 12406, 12:47 or 2026-11-22 12:47.
        </p>
      )}
      {view.q !== "" && <Found {...props} />}
      <Pages {...props} where="earlier" />
      <Rows {...props} />
      <Pages {...props} where="later" />
    </section>
  );
}

function Streams(props: RunLogProps) {
  const { view, sizes } = props;
  if (sizes.stderr_size === 0 || sizes.stdout_size === 0) return null;
  const kinds: { stream: LogStream | undefined; text: string }[] = [
    { stream: undefined, text: "Both" },
    { stream: "stdout", text: "stdout" },
    { stream: "stderr", text: "stderr" },
  ];
  return (
    <nav class="seg" aria-label="Streams">
      {kinds.map(({ stream, text }) => (
        <a class="btn" href={logHref(props, { stream })} aria-current={view.stream === stream ? "true" : undefined}>
          {text}
        </a>
      ))}
    </nav>
  );
}

function GoTo({ run_id, view }: RunLogProps) {
  return (
    <form class="find goto" id="log-go" action={href(path`/runs/${run_id}`)}>
      <HiddenFields query={queryOf({ ...fields(view), q: "" })} />
      <Icon name="right" />
      <input
        type="text"
        name="go"
        value={view.go}
        placeholder="Line or time"
        aria-label="Go to a line or a time"
        title="A line such as 12406, or a time such as 12:47 or 2026-11-22 12:47"
        autocomplete="off"
        inputmode="text"
      />
    </form>
  );
}

function Search({ run_id, view }: RunLogProps) {
  return (
    <form class="find" id="log-find" role="search" action={href(path`/runs/${run_id}`)}>
      <HiddenFields query={queryOf({ ...fields(view), q: "" })} />
      <Icon name="search" />
      <input
        type="search"
        name="q"
        value={view.q}
        placeholder="Search"
        aria-label="Search the log"
        autocomplete="off"
        dir="auto"
        data-slash
      />
    </form>
  );
}

function Found(props: RunLogProps) {
  const { lines, next, view } = props;
  return (
    <p class="found" role="status">
      <b>{lines.length === 0 ? "No line" : counted(lines.length, "line")}</b> {lines.length === 1 ? "holds" : "hold"}
      {" "}
      <bdi>“{view.q}”</bdi>
      {next === undefined
        ? view.after !== undefined && " from here on"
        : ` up to line ${count(next - 1)}: the search stopped there`}
      {". "}
      {next !== undefined && <a href={logHref(props, { after: next })}>Search on</a>}{" "}
      {lines.length > 0 && <span class="mut">A line number leads to its place.</span>}{" "}
      <a href={logHref(props, { q: "" })}>Back to the log</a>
    </p>
  );
}

function Pages(props: RunLogProps & { where: "earlier" | "later" }) {
  const { where, lines, view, total } = props;
  if (view.q !== "" || !props[where]) return null;
  const [first, last] = [lines[0], lines.at(-1)];
  if (where === "earlier" && first) {
    return (
      <p class="more">
        <a href={logHref(props, { before: first.line })} data-earlier>Earlier lines</a>{" "}
        <span class="mut">{counted(first.line - 1, "line")} before</span>{" "}
        <a href={logHref(props, { first: 1 })}>Beginning</a>
      </p>
    );
  }
  if (where === "later" && last) {
    return (
      <p class="more">
        <a href={logHref(props, { first: last.line + 1 })}>Later lines</a>{" "}
        <span class="mut">{counted(total - last.line, "line")} after</span> <a href={logHref(props)}>End</a>
      </p>
    );
  }
  return null;
}

/** The lines themselves. `run_log.js` adds what comes where the page shows the end. */
function Rows(props: RunLogProps) {
  const { run_id, view, lines, open, sizes, running, later, here } = props;
  const follows = running && !later && view.q === "";
  return (
    <LogBox
      run_id={run_id}
      stream={view.stream}
      wrap={view.wrap}
      follows={follows}
      size={sizes.size}
      most={5000}
      lines={lines}
      open={open}
      here={here}
      words={view.q}
      none={<HowToLog {...props} />}
      {...(view.q !== "" && { to: (line: number) => lineHref(props, line) })}
    />
  );
}

interface LogBoxProps {
  run_id: string;
  stream?: LogStream | undefined;
  wrap: boolean;
  follows: boolean;
  /** Bytes of the log when the page was made. */
  size: number;
  /** Rows that the box keeps. */
  most: number;
  lines: readonly DrawnLine[];
  open: readonly DrawnLine[];
  here?: number | undefined;
  words?: string | undefined;
  to?: (line: number) => string;
  /** What stands there while nothing was printed. */
  none?: Child;
}

function LogBox({ run_id, stream, wrap, follows, size, most, lines, open, here, words, to, none }: LogBoxProps) {
  const events = href(path`/runs/${run_id}/log/events`, { stream, position: size });
  return (
    <div class="logbox" id="log-box" hx-morph-skip>
      <div
        class={wrap ? "log wrap" : "log"}
        role="log"
        aria-live="off"
        aria-label="Lines of the log"
        tabindex={0}
        data-log={follows ? events : ""}
        data-most={most}
      >
        <div data-rows>
          <LogRows lines={lines} here={here} words={words} to={to} />
        </div>
        <div data-open>
          <LogRows lines={open} open />
        </div>
        {lines.length + open.length === 0 && follows && <div class="none" data-none>{none}</div>}
      </div>
      <button type="button" class="tail pri" data-tail hidden>
        <Icon name="down" />
        <span>To the end</span>
      </button>
    </div>
  );
}

/** The end of the log, on the overview. */
export function LogEnd(props: Omit<RunLogProps, "view" | "wrong">) {
  const { run_id, total, lines, open, sizes, running } = props;
  if (sizes.size === 0) return null;
  const shown = lines.length + open.length;
  return (
    <Panel
      title="Log"
      class="logp"
      note={shown < total ? `last ${count(shown)} of ${counted(total, "line")}` : counted(total, "line")}
      actions={<a class="btn" href={href(path`/runs/${run_id}`, { tab: "log" })}>Whole log</a>}
    >
      <LogBox run_id={run_id} wrap={false} follows={running} size={sizes.size} most={200} lines={lines} open={open} />
    </Panel>
  );
}

const NoLog = (props: RunLogProps) => (
  <Empty title="Nothing was printed">
    <HowToLog {...props} />
  </Empty>
);

function HowToLog({ run_id, server, active }: RunLogProps) {
  return (
    <>
      <p>A log is what a run writes to its console. Send it while the run goes on, or afterwards:</p>
      {active && <Snippet label="A log from a shell" code={shellLog(server, run_id)} />}
      {active && <Snippet label="A log by curl" code={curlLog(server, run_id)} />}
    </>
  );
}

const shellLog = (server: string, run_id: string): string =>
  `export MLFLOW_TRACKING_URI=${shell(server)}
python train.py 2>&1 | deno task weir logs ${run_id} --append`;

const curlLog = (server: string, run_id: string): string =>
  `curl -s ${shell(`${server}/api/weir/1/runs/logs`)} -H 'content-type: application/json' \\
  -d '{"run_id": "${run_id}", "text": "hello\\n"}'`;

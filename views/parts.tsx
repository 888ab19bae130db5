import type { Child } from "hono/jsx";
import type { RunStatus } from "../domain/entities.ts";
import { age, type Count, count, countText, moment } from "../domain/format.ts";
import { plainLine } from "../domain/plain_line.ts";
import { runColor, type RunMark } from "../domain/run_color.ts";
import { Icon, type IconName } from "./icons.tsx";
import { Markdown } from "./markdown.tsx";

const statusWords: Record<RunStatus, string> = {
  RUNNING: "Running",
  SCHEDULED: "Scheduled",
  FINISHED: "Finished",
  FAILED: "Failed",
  KILLED: "Killed",
};

/** The class and the word of a state; the icon comes with the class. */
export function statusMark(status: RunStatus): { class: string; word: string } {
  return { class: `st ${status.toLowerCase()}`, word: statusWords[status] };
}

export function Status({ status }: { status: RunStatus }) {
  const mark = statusMark(status);
  return <span class={mark.class}>{mark.word}</span>;
}

/** The run's colour. `mark` is for pictures of several runs, where a second run of one colour is drawn dotted. */
export function Dot({ run_id, mark }: { run_id: string; mark?: RunMark | undefined }) {
  const color = mark?.color ?? runColor(run_id);
  return <span class={`dot c${color}${mark && mark.again > 0 ? " again" : ""}`}></span>;
}

export function Badge({ accent, children }: { accent?: boolean; children: Child }) {
  return <span class={accent ? "badge a" : "badge"}>{children}</span>;
}

/** A moment (ms since the epoch); the browser writes it in the reader's own zone. With `now`, as an age. */
export function Time({ at, now }: { at: number; now?: number }) {
  const exact = moment(at);
  if (exact === "") return <span></span>;
  const text = now === undefined ? exact : age(now - at);
  return <time datetime={new Date(at).toISOString()} title={now === undefined ? undefined : exact}>{text}</time>;
}

export interface Crumb {
  text: string;
  /** Left out where the name is not a page, such as the `vision` of `vision/imagenet`. */
  href?: string;
}

export interface HeadProps {
  crumbs: readonly Crumb[];
  title: Child;
  description?: string | undefined;
  /** What people wrote of it, in Markdown: its first line, which opens the whole. */
  about?: string | undefined;
  /** Live state and buttons, at the right. */
  children?: Child;
}

/** The line below the frame: where one is, what it is, what can be done. */
export function PageHead({ crumbs, title, description, about, children }: HeadProps) {
  return (
    <div class="head">
      {crumbs.length > 0 && (
        <nav class="crumbs" aria-label="Breadcrumb">
          {crumbs.map((crumb) => (
            <span>
              {crumb.href === undefined ? crumb.text : <a href={crumb.href}>{crumb.text}</a>}
            </span>
          ))}
        </nav>
      )}
      <h1>{title}</h1>
      {description !== undefined && description !== "" && <p class="desc" title={description}>{description}</p>}
      {about !== undefined && about !== "" && (
        <details class="menu about">
          <summary class="desc">{plainLine(about)}</summary>
          <div>
            <Markdown text={about} />
          </div>
        </details>
      )}
      <div class="acts">{children}</div>
    </div>
  );
}

export interface Tab {
  text: string;
  href: string;
  current?: boolean;
  count?: number;
}

/** Sections of a page; nothing where there is only one. */
export function Tabs({ tabs }: { tabs: readonly Tab[] }) {
  if (tabs.length < 2) return null;
  return (
    <nav class="tabs" aria-label="Sections">
      {tabs.map((tab) => (
        <a href={tab.href} aria-current={tab.current ? "page" : undefined}>
          {tab.text}
          {tab.count !== undefined && <span>{count(tab.count)}</span>}
        </a>
      ))}
    </nav>
  );
}

/** A framed part of a page with its heading, a few quiet words and its own buttons. */
export function Panel(
  props: { id?: string; title: Child; note?: Child; actions?: Child; class?: string; children: Child },
) {
  return (
    <section id={props.id} class={props.class === undefined ? "pan" : `pan ${props.class}`}>
      <header>
        <h2>{props.title}</h2>
        {props.note !== undefined && <span class="mut">{props.note}</span>}
        {props.actions !== undefined && <div class="acts">{props.actions}</div>}
      </header>
      {props.children}
    </section>
  );
}

/** A button with a panel below it. Opens without JavaScript; Escape and a click elsewhere close it. */
export function Menu(
  props: { icon: IconName; text?: string; note?: string; label?: string; open?: boolean; children: Child },
) {
  const square = props.text === undefined;
  return (
    <details class="menu" open={props.open}>
      <summary class={square ? "btn sq" : "btn"} aria-label={props.label} title={props.label}>
        <Icon name={props.icon} />
        {props.text}
        {props.note !== undefined && <span class="mut">{props.note}</span>}
        {!square && <Icon name="down" />}
      </summary>
      <div>{props.children}</div>
    </details>
  );
}

/** Lines to paste, with a button that copies them. */
export function Snippet({ label, code }: { label: string; code: string }) {
  return (
    <div class="snip">
      <pre tabindex={0} aria-label={label}><code>{code}</code></pre>
      <button type="button" class="sq ghost needsjs" data-copy aria-label={`Copy: ${label}`} title="Copy">
        <Icon name="copy" />
      </button>
    </div>
  );
}

/** A page with nothing on it yet: what it is for, and what to do next. */
export function Empty({ title, children }: { title: string; children: Child }) {
  return (
    <section class="empty">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export interface FilterFault {
  message: string;
  /**
   * Index of the character (UTF-16) at which the text stops making sense; its length when something is missing at the end. Left out where
   * it is not the filter that is wrong.
   */
  offset?: number | undefined;
}

/** What is wrong with a filter, the text again, and a caret under the character. */
export function FilterError({ id, text, error }: { id: string; text: string; error: FilterFault }) {
  if (error.offset === undefined) {
    return (
      <div class="wrong" id={id} role="alert">
        <p>{error.message}</p>
      </div>
    );
  }
  const at = Math.min(Math.max(error.offset, 0), text.length);
  const wide = (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return (
    <div class="wrong" id={id} role="alert">
      <pre aria-hidden="true">{text.slice(0, at)}<mark>{text.slice(at, at + wide) || " "}</mark>{text.slice(at + wide)}</pre>
      <p>
        {error.message} <span class="mut">(character {at + 1})</span>
      </p>
    </div>
  );
}

/** Something went wrong: a fragment for a part of a page and for a whole page alike. `message` is shown as it is. */
export function ErrorFragment({ title, message }: { title: string; message: string }) {
  return (
    <div class="note bad" role="alert">
      <Icon name="warning" />
      <p>
        <b>{title}</b> {message}
      </p>
    </div>
  );
}

export interface PageFootProps {
  shown: number;
  total: Count;
  /** "run", "experiment". */
  noun: string;
  /** "matching" where a filter is set. */
  adjective?: string | undefined;
  /** Of the first and of the next page; left out where one is there already. */
  first?: string | undefined;
  next?: string | undefined;
  /** Beside the count and before the links. */
  note?: string | undefined;
  children?: Child;
}

/** Counts and keyset pages. Never says a number that it does not know. */
export function PageFoot(props: PageFootProps) {
  const nouns = [props.adjective, props.shown === 1 && props.total.kind !== "about" ? props.noun : `${props.noun}s`];
  const total = countText(props.total);
  const all = props.total.kind === "exact" && props.total.count === props.shown;
  return (
    <footer class="foot">
      <span id="count">
        <b>{count(props.shown)}</b> {!all && total !== undefined && "of "}
        {!all && total !== undefined && <b>{total}</b>} {nouns.filter(Boolean).join(" ")}
        {total === undefined && props.next !== undefined && ", more follow"}
      </span>
      {props.note !== undefined && <span class="lo">{props.note}</span>}
      <span class="grow" />
      {props.children}
      {(props.first !== undefined || props.next !== undefined) && (
        <nav class="seg" aria-label="Pages">
          <PageLink text="First" href={props.first} />
          <PageLink text="Next" href={props.next} rel="next" />
        </nav>
      )}
    </footer>
  );
}

function PageLink({ text, href, rel }: { text: string; href: string | undefined; rel?: string }) {
  if (href === undefined) return <span class="btn" aria-disabled="true">{text}</span>;
  return <a class="btn" href={href} rel={rel}>{text}</a>;
}

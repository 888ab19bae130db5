import { approvedRequester, type Happening, storyOf } from "../domain/registry_story.ts";
import { Panel, Time } from "./parts.tsx";

export interface TimelineEntry extends Happening {
  /** Milliseconds since the epoch. */
  time: number;
  who: string;
  comment?: string;
}

export interface TimelineProps {
  entries: readonly TimelineEntry[];
  now: number;
  /** Requests that wait for a decision, by their ids. */
  waiting?: ReadonlySet<string>;
}

/** Who moved what, when and why; newest first. */
export function Timeline({ entries, now, waiting }: TimelineProps) {
  if (entries.length === 0) return <p class="none mut">Nothing was changed yet.</p>;
  const waits = ({ entity, action, detail }: TimelineEntry): boolean =>
    entity === "transition_request" && action === "created" && waiting?.has(String(detail.request_id)) === true;
  return (
    <ol class="tl">
      {entries.map((entry) => (
        <li class={waits(entry) ? "now" : undefined}>
          <bdi>{storyOf(entry)}</bdi>
          <small>
            <Time at={entry.time} now={now} />
            <Doer entry={entry} />
            {waits(entry) && ", waits for a decision"}
            {entry.comment !== undefined && entry.comment !== "" && (
              <span class="why" dir="auto">“{entry.comment}”</span>
            )}
          </small>
        </li>
      ))}
    </ol>
  );
}

/** Nobody has to say who they are. */
function Doer({ entry }: { entry: TimelineEntry }) {
  const asked = approvedRequester(entry);
  const [who, asker] = [nameOf(entry.who), nameOf(asked ?? "")];
  if (who === "" && asked === undefined) return null;
  return (
    <>
      , <bdi>{who}</bdi>
      {asked !== undefined && (
        <>
          {" "}
          approved <bdi>{asker || "a request"}</bdi>
        </>
      )}
    </>
  );
}

/** "" for whoever did not say. */
export const nameOf = (who: string): string => who === "anyone" ? "" : who.slice(0, 100).toWellFormed();

export function TimelinePanel(props: TimelineProps & { all?: string | undefined }) {
  return (
    <Panel title="Timeline" actions={props.all === undefined ? undefined : <a href={props.all}>All</a>}>
      <Timeline {...props} />
    </Panel>
  );
}

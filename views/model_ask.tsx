import type { TransitionRequest } from "../domain/transition_requests.ts";
import type { SourcedVersion } from "../domain/version_source.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { versionHref, Who } from "./model_parts.tsx";
import { nameOf } from "./model_timeline.tsx";
import { Panel, Time } from "./parts.tsx";
import { Against, type Directions } from "./version_metrics.tsx";

/** A request that waits, with what it takes to decide. */
export interface Ask {
  request: TransitionRequest;
  candidate: SourcedVersion;
  /** The version that is in that place now. */
  current: SourcedVersion | undefined;
}

/** "version 14 to Production", "alias champion for version 14". */
export const askText = ({ version, stage, alias }: TransitionRequest): string =>
  stage === undefined ? `alias ${alias} for version ${version}` : `version ${version} to ${stage}`;

/** The decision that waits, with the numbers to decide by. */
export function AskPanel(
  { ask, who, directions, now }: { ask: Ask; who: string; directions: Directions; now: number },
) {
  const { request, candidate, current } = ask;
  const { request_id, name, version, stage, alias, comment = "" } = request;
  const place = stage ?? alias ?? "";
  return (
    <Panel
      id={`ask-${request_id}`}
      title={
        <>
          Approval wanted: <a href={versionHref(name, version)} dir="auto">{askText(request)}</a>
        </>
      }
      note={
        <>
          <bdi>{nameOf(request.who) || "somebody"}</bdi> asks, <Time at={request.creation_timestamp} now={now} />
        </>
      }
      class="ask"
    >
      <div class="in">
        <form
          class="form"
          method="post"
          action={href(path`/models/${name}/requests/${request_id}`)}
        >
          {comment !== "" && <p class="said" dir="auto">“{comment}”</p>}
          <label>
            Comment
            <textarea
              name="comment"
              rows={2}
              maxlength={5000}
              dir="auto"
              placeholder="Goes into the timeline"
            >
            </textarea>
          </label>
          <Who who={who} />
          <div class="verdict">
            <button type="submit" name="verdict" value="approve" class="pri">
              <Icon name="check" />Approve
            </button>
            <button type="submit" name="verdict" value="reject">
              <Icon name="close" />Reject
            </button>
            <button type="submit" name="verdict" value="cancel" class="ghost">Take back</button>
            {(stage === "Staging" || stage === "Production") && (
              <label class="check">
                <input type="checkbox" name="archive" value="1" checked={request.archive_existing_versions} />
                <span>{current ? `Archive version ${current.version.version}` : "Archive what is there"}</span>
              </label>
            )}
          </div>
        </form>
        <Against candidate={candidate} current={current} against={place} directions={directions} />
      </div>
    </Panel>
  );
}

import type { TransitionRequest } from "../domain/transition_requests.ts";
import { versionHref } from "./model_parts.tsx";
import { askText } from "./model_ask.tsx";
import { nameOf } from "./model_timeline.tsx";
import { Panel, Time } from "./parts.tsx";

/** Requests and what became of them, newest first. */
export function RequestList({ requests, now }: { requests: readonly TransitionRequest[]; now: number }) {
  return (
    <Panel title="Requests" note="newest first">
      {requests.length === 0
        ? <p class="none mut">Nobody has asked for anything. The page of a version has a form for it.</p>
        : (
          <div class="tw">
            <table>
              <caption class="sr">Requests</caption>
              <thead>
                <tr>
                  <th scope="col">Asked for</th>
                  <th scope="col">By</th>
                  <th scope="col">Why</th>
                  <th scope="col">Decision</th>
                  <th scope="col">Why</th>
                  <th scope="col" class="r">Age</th>
                </tr>
              </thead>
              <tbody>{requests.map((request) => <Line request={request} now={now} />)}</tbody>
            </table>
          </div>
        )}
    </Panel>
  );
}

function Line({ request, now }: { request: TransitionRequest; now: number }) {
  const { name, version, state, decided_by, comment, decision_comment } = request;
  return (
    <tr>
      <th scope="row">
        <a href={versionHref(name, version)} dir="auto">{askText(request)}</a>
      </th>
      <td dir="auto">{nameOf(request.who)}</td>
      <td class="d" title={comment} dir="auto">{comment}</td>
      <td>
        {state.toLowerCase()}
        {decided_by !== undefined && nameOf(decided_by) !== "" && (
          <>
            , <bdi>{nameOf(decided_by)}</bdi>
          </>
        )}
      </td>
      <td class="d" title={decision_comment} dir="auto">{decision_comment}</td>
      <td class="r mut">
        <Time at={request.creation_timestamp} now={now} />
      </td>
    </tr>
  );
}

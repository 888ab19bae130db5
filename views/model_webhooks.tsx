import { age } from "../domain/format.ts";
import type { Webhook, WebhookDelivery } from "../domain/webhooks.ts";
import { href, path } from "./links.ts";
import { Badge, Empty, Panel, Snippet, Time } from "./parts.tsx";
import { shell } from "./snippets.ts";

export interface WebhooksProps {
  name: string;
  /** Newest first; those that are told of models, or of prompts. */
  webhooks: readonly Webhook[];
  /** What they were told of this model, newest first. */
  deliveries: readonly WebhookDelivery[];
  /** What came of a test that was just sent: a status of HTTP, 0 for no answer. */
  tested?: { webhook_id: string; status: number } | undefined;
  server: string;
  now: number;
}

/** Addresses that are told of changes, and what they were told of this model. */
export function Webhooks(props: WebhooksProps) {
  const { webhooks, deliveries, name, server, now } = props;
  if (webhooks.length === 0) {
    return (
      <Empty title="No webhooks">
        <p>A webhook is an address that is told when a version, an alias or a tag changes. Make one:</p>
        <Snippet label="A webhook with curl" code={curlWebhook(server)} />
      </Empty>
    );
  }
  return (
    <>
      <Panel title="Webhooks" note="of all models">
        <div class="tw">
          <table>
            <caption class="sr">Webhooks</caption>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Address</th>
                <th scope="col">Told of</th>
                <th scope="col">State</th>
                <th scope="col" class="r">
                  <span class="sr">Test</span>
                </th>
              </tr>
            </thead>
            <tbody>{webhooks.map((webhook) => <Line {...props} webhook={webhook} />)}</tbody>
          </table>
        </div>
      </Panel>
      <Panel title="Last deliveries" note="of this model">
        {deliveries.length === 0
          ? <p class="none mut">None: nothing that a webhook is told of has happened to {name} lately.</p>
          : <Deliveries deliveries={deliveries} webhooks={webhooks} now={now} />}
      </Panel>
      <p class="mut">
        Webhooks are told what MLflow tells them: new models and versions, tags, aliases. There is no such event for
        stages and requests.
      </p>
    </>
  );
}

const eventText = ({ entity, action }: { entity: string; action: string }): string =>
  `${entity.replaceAll("_", " ")} ${action}`;

function Line({ webhook, name, tested }: WebhooksProps & { webhook: Webhook }) {
  const { webhook_id, url, events, status } = webhook;
  const told = events.map(eventText);
  return (
    <tr>
      <th scope="row" dir="auto">{webhook.name}</th>
      <td class="url" title={url} dir="auto">{withoutQuery(url)}</td>
      <td title={told.join("\n")}>{told.length === 1 ? told[0] : `${told.length} kinds of events`}</td>
      <td>
        {status === "ACTIVE" ? "active" : <span class="mut">disabled</span>}
        {tested?.webhook_id === webhook_id && (
          <span role="status">
            {" "}
            {tested.status === 0
              ? <span class="bad">no answer to the test</span>
              : <Badge accent={tested.status < 300}>test answered {tested.status}</Badge>}
          </span>
        )}
      </td>
      <td class="r">
        <form method="post" action={href(path`/models/${name}/webhooks/${webhook_id}/test`)}>
          <button type="submit" class="ghost" aria-label={`Send a test to ${webhook.name}`}>Send a test</button>
        </form>
      </td>
    </tr>
  );
}

/** A query may hold a secret. */
const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, "?…");

function Deliveries(
  { deliveries, webhooks, now }: Pick<WebhooksProps, "deliveries" | "webhooks" | "now">,
) {
  const names = new Map(webhooks.map(({ webhook_id, name }) => [webhook_id, name]));
  return (
    <div class="tw">
      <table>
        <caption class="sr">Deliveries</caption>
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Webhook</th>
            <th scope="col">State</th>
            <th scope="col" class="r">Attempts</th>
            <th scope="col" class="r">Age</th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <tr>
              <th scope="row">{eventText(delivery)}</th>
              <td dir="auto">{names.get(delivery.webhook_id) ?? "another"}</td>
              <td title={delivery.error ?? undefined}>
                <span class={delivery.state === "failed" ? "bad" : "mut"}>
                  {stateText(delivery, now)}
                </span>
              </td>
              <td class="r">{delivery.attempts}</td>
              <td class="r mut">
                <Time at={delivery.created} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function stateText({ state, response_status, attempts, next_attempt }: WebhookDelivery, now: number): string {
  const answer = response_status === null ? "" : `, answered ${response_status}`;
  if (state !== "waiting") return `${state}${answer}`;
  return attempts === 0 || next_attempt <= now ? `waiting${answer}` : `again in ${age(next_attempt - now)}${answer}`;
}

const curlWebhook = (server: string): string =>
  `curl -X POST ${shell(`${server}/api/2.0/mlflow/webhooks`)} \\
  -H 'Content-Type: application/json' \\
  -d ${
    shell(JSON.stringify({
      name: "tell-me",
      url: "https://example.com/hook",
      events: [{ entity: "MODEL_VERSION", action: "CREATED" }, { entity: "MODEL_VERSION_ALIAS", action: "CREATED" }],
    }))
  }`;

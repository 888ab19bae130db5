import { bytes, count, counted } from "../domain/format.ts";
import type { Direction } from "../domain/metric_names.ts";
import { type Happening, storyOf } from "../domain/registry_story.ts";
import type { SettingsQuery } from "../wire/pages_settings.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Empty, PageHead, Panel, Time } from "./parts.tsx";
import { Shell } from "./shell.tsx";

export interface SettingsPageProps {
  view: SettingsQuery;
  /** The reader's; "" where none was given. */
  name: string;
  /** Undefined: the system's. */
  theme: "light" | "dark" | undefined;
  server: {
    address: string;
    /** Of MLflow. */
    protocol: string;
    artifact_root: string;
    own_database: boolean;
    /** Days that deleted things are kept; undefined: until somebody purges them. */
    binDays: number | undefined;
  };
  facts: {
    postgres: string;
    database_bytes: number;
    files: number;
    bytes: number;
    largest: readonly { experiment_id: string; name: string; files: number; bytes: number }[];
  };
  /** Which values are better, where somebody said so. */
  directions: readonly { name: string; direction: Direction; set_by: string }[];
  /** What happened in the registry, newest first. */
  log: { entries: readonly LogEntry[]; next_page_token?: string };
  /** Milliseconds since the epoch. */
  now: number;
}

interface LogEntry extends Happening {
  time: number;
  who: string;
  comment?: string;
}

/** `/settings`: what this browser keeps, and what the server is. */
export function SettingsPage(props: SettingsPageProps) {
  return (
    <Shell title="Settings" current="settings">
      <PageHead crumbs={[]} title="Settings" />
      {props.view.done === "saved" && (
        <div class="note" role="status">
          <p>This browser keeps that.</p>
        </div>
      )}
      <div class="page settings">
        <You {...props} />
        <Server {...props} />
        <Storage {...props} />
        <Directions {...props} />
        <Log {...props} />
      </div>
    </Shell>
  );
}

const themes = [["", "As the system"], ["light", "Light"], ["dark", "Dark"]] as const;

function You({ name, theme }: SettingsPageProps) {
  return (
    <Panel title="You" note="kept by this browser">
      <form class="form" method="post" action={href(path`/settings`)}>
        <label>
          Your name
          <input type="text" name="name" value={name} maxlength={200} autocomplete="name" />
        </label>
        <p class="mut">Stands beside what you change, comment and approve. There are no accounts yet.</p>
        <fieldset>
          <legend>Appearance</legend>
          {themes.map(([value, text]) => (
            <label>
              <input type="radio" name="theme" value={value} checked={value === (theme ?? "")} /> {text}
            </label>
          ))}
        </fieldset>
        <div class="acts">
          <button type="submit" class="pri">Save</button>
        </div>
      </form>
    </Panel>
  );
}

function Server({ server, facts }: SettingsPageProps) {
  const rows: [name: string, value: string][] = [
    ["Tracking URI", server.address],
    ["Protocol", `MLflow ${server.protocol}`],
    ["Artifacts", server.artifact_root],
    ["Database", `Postgres ${facts.postgres}, ${server.own_database ? "Weir’s own" : "yours"}`],
    ["Bin", server.binDays === undefined ? "kept until somebody purges it" : `${counted(server.binDays, "day")}`],
  ];
  return (
    <Panel title="This server">
      <dl class="kv">
        {rows.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd title={value}>{value}</dd>
          </>
        ))}
      </dl>
    </Panel>
  );
}

function Storage({ facts }: SettingsPageProps) {
  const { largest } = facts;
  return (
    <Panel
      title="Storage"
      note={`${bytes(facts.database_bytes)} of database, ${bytes(facts.bytes)} in ${counted(facts.files, "file")}`}
    >
      {largest.length === 0 ? <p class="none mut">No experiment has files yet.</p> : (
        <table>
          <caption class="sr">Experiments with the most bytes</caption>
          <thead>
            <tr>
              <th scope="col">Experiment</th>
              <th scope="col" class="r">Files</th>
              <th scope="col" class="r">Bytes</th>
            </tr>
          </thead>
          <tbody>
            {largest.map(({ experiment_id, name, files, bytes: size }) => (
              <tr>
                <th scope="row">
                  <a href={href(path`/experiments/${experiment_id}`)} dir="auto" title={name}>{name}</a>
                </th>
                <td class="r">{count(files)}</td>
                <td class="r">{bytes(size)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

const directionWords: Record<Direction, string> = {
  lower: "lower is better",
  higher: "higher is better",
  unknown: "neither is better",
};

function Directions({ directions }: SettingsPageProps) {
  if (directions.length === 0) return null;
  return (
    <Panel title="Which way is better" note="set on comparisons, for everybody">
      <table>
        <thead>
          <tr>
            {["Metric", "Direction", "By"].map((text) => <th scope="col">{text}</th>)}
            <th scope="col">
              <span class="sr">Forget</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {directions.map(({ name, direction, set_by }) => (
            <tr>
              <th scope="row" dir="auto">{name}</th>
              <td>{directionWords[direction]}</td>
              <td dir="auto">{set_by}</td>
              <td class="r">
                <form method="post" action={href(path`/metric-directions/forget`)}>
                  <input type="hidden" name="metric" value={name} />
                  <button type="submit" class="sq ghost" aria-label={`Forget the direction of ${name}`} title="Forget">
                    <Icon name="close" />
                  </button>
                </form>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Log({ view, log, now }: SettingsPageProps) {
  return (
    <Panel title="Log of the registry" note="who changed which model, newest first" class="wide">
      {log.entries.length === 0
        ? (
          <Empty title="Nothing happened yet">
            <p>What is registered, moved, tagged and deleted is written down here.</p>
          </Empty>
        )
        : (
          <div class="tw" tabindex={0} role="region" aria-label="Log of the registry">
            <table>
              <thead>
                <tr>
                  {["When", "Who", "What", "Model", "Why"].map((text) => <th scope="col">{text}</th>)}
                </tr>
              </thead>
              <tbody>
                {log.entries.map((entry) => <Entry entry={entry} now={now} />)}
              </tbody>
            </table>
          </div>
        )}
      <nav class="acts" aria-label="Pages">
        {view.page_token !== undefined && <a class="btn" href={href(path`/settings`)}>Newest</a>}
        {log.next_page_token !== undefined && (
          <a class="btn" href={href(path`/settings`, { page_token: log.next_page_token })} rel="next">Older</a>
        )}
      </nav>
    </Panel>
  );
}

function Entry({ entry, now }: { entry: LogEntry; now: number }) {
  const { time, who, name, comment } = entry;
  return (
    <tr>
      <td>
        <Time at={time} now={now} />
      </td>
      <td dir="auto">{who}</td>
      <td dir="auto">{storyOf(entry)}</td>
      <th scope="row">
        <a href={href(path`/models/${name}`)} dir="auto" title={name}>{name}</a>
      </th>
      <td dir="auto">{comment}</td>
    </tr>
  );
}

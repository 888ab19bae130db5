import { modelStages } from "../domain/entities.ts";
import { bytes, number } from "../domain/format.ts";
import type { RunMark } from "../domain/run_color.ts";
import type { SourcedVersion } from "../domain/version_source.ts";
import { plainLine } from "../domain/plain_line.ts";
import type { ModelQuery } from "../wire/pages_models.ts";
import { Delta } from "./compare_cells.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path, type Query } from "./links.ts";
import { Aliases, modelHref, promptHead, Stage, TagBadges, versionHref } from "./model_parts.tsx";
import { nameOf } from "./model_timeline.tsx";
import { Dot, Menu, Time } from "./parts.tsx";
import { arrowOf, type Directions, metricColumn } from "./version_metrics.tsx";

export interface VersionsProps {
  view: ModelQuery;
  versions: readonly SourcedVersion[];
  more: boolean;
  /** Of all versions. */
  total: number;
  champion: SourcedVersion | undefined;
  /** Metrics that have a column, and all there are. */
  metrics: readonly string[];
  known: readonly string[];
  /** Who registered a version, by its number. */
  authors: ReadonlyMap<string, string>;
  /** Bytes of its files, by its number. */
  sizes: ReadonlyMap<string, number>;
  prompt: boolean;
  directions: Directions;
  now: number;
}

const viewQuery = ({ stage, search, metrics, lineage }: ModelQuery): Query => ({ stage, search, metrics, lineage });

export const versionsHref = (view: ModelQuery, changes: Query = {}): string =>
  modelHref(view.name, { ...viewQuery(view), ...changes });

/** The versions of a model, measured against the champion. */
export function Versions(props: VersionsProps) {
  const { view, versions, total, more } = props;
  const narrowed = view.search !== "" || view.stage !== undefined || view.before !== undefined;
  const all = !narrowed && !more;
  return (
    <section class="pan" id="versions">
      <header>
        <h2>Versions</h2>
        <span class="mut">{all ? total : `${versions.length} of ${total}`}, newest first</span>
        {narrowed && <a href={versionsHref(view, { stage: undefined, search: undefined })}>Show all</a>}
        <div class="acts">
          {!props.prompt && <StageChoice view={view} />}
          {props.known.length > 0 && <MetricChoice {...props} />}
          <Find view={view} />
        </div>
      </header>
      {versions.length === 0
        ? <p class="none mut">{narrowed ? "No version matches." : "No versions yet."}</p>
        : <VersionTable {...props} />}
      {more && (
        <p class="none">
          <a href={versionsHref(view, { before: versions.at(-1)?.version.version })} rel="next">Older versions</a>
        </p>
      )}
    </section>
  );
}

function StageChoice({ view }: { view: ModelQuery }) {
  return (
    <Menu icon="tag" text="Stage" note={view.stage ?? "any"}>
      <ul>
        <li>
          <a href={versionsHref(view, { stage: undefined })}>Any</a>
        </li>
        {modelStages.map((stage) => (
          <li>
            <a
              href={versionsHref(view, { stage })}
              aria-current={stage === view.stage ? "true" : undefined}
            >
              {stage}
            </a>
          </li>
        ))}
      </ul>
    </Menu>
  );
}

/** Choices of metrics in the menu. */
const mostChoices = 60;

function MetricChoice({ view, known, metrics }: VersionsProps) {
  return (
    <Menu icon="columns" text="Metrics" note={`${metrics.length} of ${known.length}`}>
      <form class="form" action={href(path`/models/${view.name}`)}>
        <div class="choices">
          {known.slice(0, mostChoices).map((key) => (
            <label class="check">
              <input type="checkbox" name="metrics" value={key} checked={metrics.includes(key)} />
              <bdi>{key}</bdi>
            </label>
          ))}
        </div>
        <HiddenFields query={{ ...viewQuery(view), metrics: undefined }} />
        <div class="acts">
          <button type="submit">Show</button>
        </div>
      </form>
    </Menu>
  );
}

function Find({ view }: { view: ModelQuery }) {
  return (
    <form class="find" role="search" aria-label="Versions" action={href(path`/models/${view.name}`)}>
      <label class="sr" for="search">Find a version</label>
      <Icon name="search" />
      <input
        id="search"
        name="search"
        type="search"
        value={view.search}
        placeholder="Find a version"
        autocomplete="off"
        data-slash
      />
      <HiddenFields query={{ ...viewQuery(view), search: undefined }} />
    </form>
  );
}

function VersionTable(props: VersionsProps) {
  const { view, versions, champion, prompt, directions } = props;
  const columns = props.metrics.map((key) => metricColumn(key, versions, champion, directions));
  const compared = versions.length > 1;
  return (
    <form action={href(path`/models/${view.name}/compare`)}>
      <div class="tw" tabindex={0} role="group" aria-label="Table of versions">
        <table class="versions">
          <caption class="sr">Versions, newest first</caption>
          <thead>
            <tr>
              <th scope="col" class="r" aria-sort="descending">Version ↓</th>
              <th scope="col">Aliases</th>
              {!prompt && <th scope="col">Stage</th>}
              {columns.map(({ key }, i) => (
                <>
                  <th scope="col" class="r" title={key}>
                    <bdi>{key}</bdi>
                    {arrowOf(key, directions)}
                  </th>
                  {i === 0 && champion && <th scope="col" class="r">to champion</th>}
                </>
              ))}
              <th scope="col">{prompt ? "Text" : "Source run"}</th>
              {!prompt && <th scope="col" class="r">Size</th>}
              <th scope="col">By</th>
              <th scope="col" class="r">Age</th>
              <th scope="col">Tags</th>
              <th scope="col">Description</th>
            </tr>
          </thead>
          <tbody>
            {versions.map((version, i) => (
              <Row {...props} sourced={version} columns={columns} at={i} compared={compared} />
            ))}
          </tbody>
        </table>
      </div>
      {compared && (
        <p class="none">
          <button type="submit">
            <Icon name="compare" />Compare the ticked
          </button>
        </p>
      )}
    </form>
  );
}

type RowProps = VersionsProps & {
  sourced: SourcedVersion;
  columns: readonly ReturnType<typeof metricColumn>[];
  at: number;
  compared: boolean;
};

function Row(props: RowProps) {
  const { sourced, columns, at, champion, prompt, now, view, compared } = props;
  const { version } = sourced;
  const isChampion = version.version === champion?.version.version;
  return (
    <tr id={`version-${version.version}`}>
      <th scope="row" class="r">
        {compared && (
          <input
            type="checkbox"
            name="versions"
            value={version.version}
            aria-label={`Compare version ${version.version}`}
          />
        )}
        <a href={versionHref(view.name, version.version)} aria-label={`Version ${version.version}`}>
          <b>{version.version}</b>
        </a>
      </th>
      <td>
        <Aliases aliases={version.aliases} />
        {version.status !== "READY" && (
          <span class="badge bad" title={version.status_message}>
            {version.status === "PENDING_REGISTRATION" ? "pending" : "failed"}
          </span>
        )}
      </td>
      {!prompt && (
        <td>
          <Stage stage={version.current_stage} />
        </td>
      )}
      {columns.map(({ cells, style }, i) => {
        const cell = cells[at];
        return (
          <>
            <td class={cell && !Number.isFinite(cell.value) ? "r bad" : "r"}>{cell && number(cell.value, style)}</td>
            {i === 0 && champion && (
              <td class="r">
                {isChampion ? <span class="mut">champion</span> : cell && <Delta cell={cell} style={style} />}
              </td>
            )}
          </>
        );
      })}
      <td class="src">{prompt ? <bdi>{promptHead(version).slice(0, 80)}</bdi> : <Source sourced={sourced} />}</td>
      {!prompt && <td class="r mut">{sizeText(props.sizes.get(version.version))}</td>}
      <td class="mut by" dir="auto">{byText(props)}</td>
      <td class="r mut">
        <Time at={version.creation_timestamp} now={now} />
      </td>
      <td>
        <TagBadges tags={version.tags} />
      </td>
      <td class="d mut" title={version.description} dir="auto">{plainLine(version.description ?? "")}</td>
    </tr>
  );
}

const sizeText = (size: number | undefined): string => size === undefined ? "" : bytes(size);

/** Whoever registered it, or else whose run it is. */
function byText({ sourced: { version, run }, authors }: RowProps): string {
  const author = version.user_id ?? authors.get(version.version);
  return author === undefined || author === "anyone" ? run?.info.user_id ?? "" : nameOf(author);
}

/** The run that a version comes from; said plainly where it is gone. */
export function Source({ sourced: { version, run }, mark }: { sourced: SourcedVersion; mark?: RunMark | undefined }) {
  if (version.run_id === "") return <span class="mut">none</span>;
  if (!run) return <span class="bad">run is gone</span>;
  const { run_id, run_name, lifecycle_stage } = run.info;
  return (
    <span class="nm">
      <Dot run_id={run_id} mark={mark} />
      <a href={href(path`/runs/${run_id}`)} title={run_name} dir="auto">{run_name}</a>
      {lifecycle_stage === "deleted" && <span class="mut">in the bin</span>}
    </span>
  );
}

import type { ModelStage, RegisteredModel } from "../domain/entities.ts";
import { plainLine } from "../domain/plain_line.ts";
import type { ModelsQuery } from "../wire/pages_models.ts";
import { Icon } from "./icons.tsx";
import { Aliases, modelHref, ownerOf, promptHead, TagBadges, versionHref } from "./model_parts.tsx";
import { modelsHref, nouns } from "./models_links.ts";
import { Time } from "./parts.tsx";

interface ModelsTableProps {
  view: ModelsQuery;
  models: readonly RegisteredModel[];
  /** How many requests wait for a decision, by model. */
  waiting: ReadonlyMap<string, number>;
  now: number;
}

/** One line per model: its versions in use, aliases, whose it is. */
export function ModelsTable(props: ModelsTableProps) {
  const { view, models } = props;
  const prompts = view.kind === "prompts";
  const byName = view.order_by === "name";
  return (
    <div class="tw" tabindex={0} role="region" aria-label={`Table of ${view.kind}`}>
      <table class="grid models">
        <caption class="sr">
          Registered {nouns[view.kind]}s, {byName ? "by name" : "last changed first"}
        </caption>
        <thead>
          <tr>
            <th class="k" scope="col" aria-sort={byName ? "ascending" : undefined}>
              <a href={modelsHref(view, { order_by: "name" })}>Name{byName && " ↑"}</a>
            </th>
            <th class="r" scope="col">Latest</th>
            {!prompts && <th class="r" scope="col">Production</th>}
            {!prompts && <th class="r" scope="col">Staging</th>}
            <th scope="col">Aliases</th>
            <th class="lo" scope="col">Owner</th>
            <th class="lo" scope="col">Tags</th>
            <th class="lo" scope="col">{prompts ? "Text" : "Description"}</th>
            <th class="r" scope="col" aria-sort={byName ? undefined : "descending"}>
              <a href={modelsHref(view, { order_by: undefined })}>Changed{!byName && " ↓"}</a>
            </th>
          </tr>
        </thead>
        <tbody hx-boost:inherited="false">{models.map((model) => <Line {...props} model={model} />)}</tbody>
      </table>
    </div>
  );
}

function Line({ model, view, waiting, now }: ModelsTableProps & { model: RegisteredModel }) {
  const { name, latest_versions = [], aliases = [], tags, description = "", last_updated_timestamp } = model;
  const latest = latest_versions.toSorted((a, b) => Number(b.version) - Number(a.version))[0];
  const asked = waiting.get(name) ?? 0;
  const prompt = view.kind === "prompts";
  return (
    <tr>
      <th scope="row" class="k" title={name}>
        <span class="nm">
          <Icon name={prompt ? "file" : "box"} />
          <a href={modelHref(name)} dir="auto">{name}</a>
          {asked > 0 && (
            <span class="badge a" title={`${asked} waiting for a decision`}>
              {asked} <span class="lo">to decide</span>
            </span>
          )}
        </span>
      </th>
      <td class="r">{latest && <VersionLink name={name} version={latest.version} />}</td>
      {!prompt && <Latest model={model} stage="Production" />}
      {!prompt && <Latest model={model} stage="Staging" />}
      <td>
        <Aliases aliases={aliases.slice(0, 3).map(({ alias, version }) => `${alias} ${version}`)} />
        {aliases.length > 3 && <span class="mut">+{aliases.length - 3}</span>}
      </td>
      <td class="lo" dir="auto">{ownerOf(model).slice(0, 60)}</td>
      <td class="lo">
        <TagBadges tags={tags} />
      </td>
      <td class="lo d" dir="auto">{prompt ? promptHead(latest) : plainLine(description)}</td>
      <td class="r mut">
        <Time at={last_updated_timestamp} now={now} />
      </td>
    </tr>
  );
}

function Latest({ model: { name, latest_versions = [] }, stage }: { model: RegisteredModel; stage: ModelStage }) {
  const version = latest_versions.find(({ current_stage }) => current_stage === stage);
  return <td class="r">{version && <VersionLink name={name} version={version.version} />}</td>;
}

const VersionLink = ({ name, version }: { name: string; version: string }) => (
  <a href={versionHref(name, version)} aria-label={`Version ${version}`}>{version}</a>
);

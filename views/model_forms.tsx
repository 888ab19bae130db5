import type { RegisteredModel } from "../domain/entities.ts";
import type { ModelQuery } from "../wire/pages_models.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { DescribeForm, modelHref, versionHref, Who, Why } from "./model_parts.tsx";
import { registerVersion } from "./model_snippets.ts";
import { PairsPanel } from "./pairs_panel.tsx";
import { Badge, Menu, Panel, Snippet } from "./parts.tsx";
import { TypedWord } from "./typed_word.tsx";

/** What can be done to a model from its page. */
export function ModelMenu({ model, who }: { model: RegisteredModel; who: string }) {
  const { name } = model;
  return (
    <Menu icon="edit" text="Edit">
      <DescribeForm to={path`/models/${name}/describe`} text={model.description} who={who} />
      <hr />
      <form class="form" method="post" action={href(path`/models/${name}/rename`)}>
        <label>
          New name
          <input type="text" name="new_name" value={name} required maxlength={256} autocomplete="off" dir="auto" />
        </label>
        <p class="mut wide">Clients that name the model by its old name no longer find it.</p>
        <input type="hidden" name="who" value={who} />
        <div class="acts">
          <button type="submit">Rename</button>
        </div>
      </form>
      <hr />
      <a class="btn danger" href={modelHref(name, { confirm: "delete" })}>
        <Icon name="delete" />Delete…
      </a>
    </Menu>
  );
}

/** Asks before a model is deleted: there is no way back. */
export function ConfirmDelete({ view, total, who }: { view: ModelQuery; total: number; who: string }) {
  const { name, wrong } = view;
  return (
    <Panel title="Delete this model for good?" class="confirm">
      <form class="form" method="post" action={href(path`/models/${name}/delete`)}>
        <p>
          Its {total === 1 ? "version goes" : `${total} versions go`}{" "}
          with it, with stages, aliases and tags. Runs, logged models and files stay, and so does the history of what
          was done.
        </p>
        <TypedWord word={name} wrong={wrong ? "That was something else. Nothing was deleted." : undefined} />
        <Why who={who} comment="Why" />
        <div class="acts">
          <a class="btn" href={modelHref(name)}>Keep it</a>
          <button type="submit" class="danger">
            <Icon name="delete" />Delete
          </button>
        </div>
      </form>
    </Panel>
  );
}

/** Makes a version of what a run logged. */
export function RegisterMenu({ view, who, server }: { view: ModelQuery; who: string; server: string }) {
  const fields = (
    <>
      <form class="form" method="post" action={href(path`/models/${view.name}/versions`)}>
        <label>
          Logged model or run
          <input
            type="text"
            name="from"
            value={view.register}
            required
            size={44}
            maxlength={2048}
            autocomplete="off"
            spellcheck={false}
            placeholder="m-… or <run id>/model"
          />
        </label>
        <label>
          Description
          <textarea name="description" rows={3} dir="auto"></textarea>
        </label>
        <Who who={who} />
        <div class="acts">
          <button type="submit" class="pri">Register</button>
        </div>
      </form>
      <hr />
      <p class="mut">Or from Python:</p>
      <Snippet label="Register a version in Python" code={registerVersion(server, view.name)} />
    </>
  );
  if (view.register === undefined) return <Menu icon="add" text="Register version">{fields}</Menu>;
  return (
    <details class="menu" open>
      <summary class="btn">
        <Icon name="add" />Register version<Icon name="down" />
      </summary>
      <div>{fields}</div>
    </details>
  );
}

/** Names for versions: set, moved and removed. */
export function AliasPanel({ model, who }: { model: RegisteredModel; who: string }) {
  const { name, aliases = [], latest_versions = [] } = model;
  const latest = Math.max(0, ...latest_versions.map(({ version }) => Number(version)));
  const pairs = aliases.map(({ alias, version }) => ({
    key: alias,
    mark: (
      <Badge accent>
        <bdi>{alias}</bdi>
      </Badge>
    ),
    value: <a href={versionHref(name, version)}>version {version}</a>,
  }));
  return (
    <PairsPanel title="Aliases" noun="alias" pairs={pairs} at={path`/models/${name}/aliases`} field="alias" who={who}>
      {latest > 0
        ? <NewAlias known={aliases.map(({ alias }) => alias)} latest={latest} />
        : undefined}
    </PairsPanel>
  );
}

function NewAlias({ known, latest }: { known: readonly string[]; latest: number }) {
  return (
    <>
      <input
        type="text"
        name="alias"
        placeholder="Alias"
        aria-label="Alias"
        required
        maxlength={255}
        autocomplete="off"
        list="aliases"
      />
      <datalist id="aliases">
        {[...new Set(["champion", "challenger", ...known])].map((alias) => <option value={alias}></option>)}
      </datalist>
      <input type="number" name="version" min={1} value={String(latest)} aria-label="Version" required />
    </>
  );
}

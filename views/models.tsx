import type { RegisteredModel } from "../domain/entities.ts";
import type { ModelsQuery } from "../wire/pages_models.ts";
import { type Chip, FilterBox, FilterChips } from "./filter_box.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { DoneNote, LiveRegistry, liveScripts, Who } from "./model_parts.tsx";
import { registerFirst, registerPrompt } from "./model_snippets.ts";
import { modelsHref, modelsQuery, nouns } from "./models_links.ts";
import { ModelsTable } from "./models_table.tsx";
import { Empty, FilterError, type FilterFault, Menu, PageFoot, PageHead, Snippet } from "./parts.tsx";
import { Shell } from "./shell.tsx";

export interface ModelsPageProps {
  view: ModelsQuery;
  /** One page, ordered as the view says. */
  models: readonly RegisteredModel[];
  next_page_token?: string | undefined;
  chips: readonly Chip[];
  error?: FilterFault | undefined;
  /** How many requests wait for a decision, by model. */
  waiting: ReadonlyMap<string, number>;
  /** Whether there is any model, or prompt, at all; known where none is shown. */
  any: boolean;
  /** The transaction from which on the page is to be told what is done. */
  since: number;
  /** The name that the reader goes by. */
  who: string;
  /** The address under which clients reach this server, such as "http://localhost:5000". */
  server: string;
  /** When the page is made; ms since the epoch. */
  now: number;
}

/** `/models`: registered models; prompts apart. */
export function ModelsPage(props: ModelsPageProps) {
  const { view } = props;
  return (
    <Shell title={view.kind === "prompts" ? "Prompts" : "Models"} current="models" scripts={liveScripts} fills>
      <PageHead crumbs={[]} title={view.kind === "prompts" ? "Prompts" : "Models"}>
        {view.kind === "models" && <Create view={view} who={props.who} />}
      </PageHead>
      {view.done === "deleted"
        ? (
          <div class="note" role="status">
            <p>
              <b dir="auto">{view.touched}</b> was deleted. Its history stays.
            </p>
          </div>
        )
        : <DoneNote done={view.done} />}
      <Region {...props} />
    </Shell>
  );
}

const swaps = "target:#models, select:#models, swap:outerHTML";

function Region(props: ModelsPageProps) {
  const { view, models, next_page_token, error } = props;
  const nothing = models.length === 0 && error === undefined;
  return (
    <div id="models" class="fill" hx-boost:inherited={swaps} hx-history-elt="">
      <div class="bar w">
        <Filter {...props} />
        <nav class="seg" aria-label="Which ones">
          {(["models", "prompts"] as const).map((kind) => (
            <a class="btn" href={modelsHref(view, { kind })} aria-current={kind === view.kind ? "true" : undefined}>
              {kind === "models" ? "Models" : "Prompts"}
            </a>
          ))}
        </nav>
        <LiveRegistry since={props.since} />
      </div>
      {error !== undefined && <FilterError id="filter-error" text={view.filter} error={error} />}
      {props.chips.length > 0 && (
        <div class="chips">
          <FilterChips chips={props.chips} hrefOf={(filter) => modelsHref(props.view, { filter })} />
        </div>
      )}
      {nothing && (props.any ? <NoMatch view={view} /> : <None {...props} />)}
      {models.length > 0 && <ModelsTable {...props} />}
      {models.length > 0 && (
        <PageFoot
          shown={models.length}
          total={view.page_token === undefined && next_page_token === undefined
            ? { kind: "exact", count: models.length }
            : { kind: "unknown" }}
          noun={nouns[view.kind]}
          adjective={view.filter === "" ? undefined : "matching"}
          first={view.page_token === undefined ? undefined : modelsHref(view)}
          next={next_page_token === undefined ? undefined : modelsHref(view, { page_token: next_page_token })}
        />
      )}
    </div>
  );
}

function Filter({ view, error }: ModelsPageProps) {
  return (
    <FilterBox
      noun="Models"
      label="Find by name, or by a filter"
      action={href(path`/models`)}
      name="filter"
      value={view.filter}
      placeholder="A name, or: tags.team = 'vision' and name ILIKE '%net%'"
      error={error}
    >
      <HiddenFields query={{ ...modelsQuery(view), filter: undefined }} />
    </FilterBox>
  );
}

function Create({ view, who }: { view: ModelsQuery; who: string }) {
  const fields = (
    <form class="form" method="post" action={href(path`/models`)}>
      <label>
        Name
        <input type="text" name="name" required maxlength={256} autocomplete="off" dir="auto" autofocus={view.create} />
      </label>
      <label>
        Description
        <textarea name="description" rows={3} dir="auto" placeholder="Markdown"></textarea>
      </label>
      <label>
        Owner
        <input
          type="text"
          name="owner"
          maxlength={250}
          autocomplete="off"
          placeholder="A team or a person"
          dir="auto"
        />
      </label>
      <Who who={who} />
      <div class="acts">
        <button type="submit" class="pri">Create</button>
      </div>
    </form>
  );
  if (!view.create) return <Menu icon="add" text="New model">{fields}</Menu>;
  return (
    <details class="menu" open>
      <summary class="btn">
        <Icon name="add" />New model<Icon name="down" />
      </summary>
      <div>{fields}</div>
    </details>
  );
}

function NoMatch({ view }: { view: ModelsQuery }) {
  return (
    <Empty title={`No ${nouns[view.kind]} matches`}>
      <p>
        <a href={modelsHref(view, { filter: undefined })}>Show all {view.kind}</a>
      </p>
    </Empty>
  );
}

function None({ view, server }: ModelsPageProps) {
  if (view.kind === "prompts") {
    return (
      <Empty title="No prompts yet">
        <p>A prompt is a text with variables that has versions and aliases, as a model has:</p>
        <Snippet label="A first prompt in Python" code={registerPrompt(server)} />
      </Empty>
    );
  }
  return (
    <Empty title="No registered models yet">
      <p>
        A registered model is a name for models that follow one another. Its versions come from runs; stages and aliases
        such as <code>champion</code> say which one to use. A first one, from Python:
      </p>
      <Snippet label="A first version in Python" code={registerFirst(server)} />
      <p>A model that was logged before becomes a version by its id, on the page of a registered model.</p>
    </Empty>
  );
}

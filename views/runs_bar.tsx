import { type ListView, listViews } from "../domain/list_view.ts";
import { ExportMenu } from "./export_menu.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { FilterError, type FilterFault } from "./parts.tsx";
import { ColumnsPicker, type ColumnsPickerProps } from "./runs_columns.tsx";
import { GroupBy } from "./runs_group_by.tsx";
import { runsHref, runsPath, runsQuery } from "./runs_links.ts";

/** One condition of the filter in words: "val/loss", "below 0.4"; and the filter that is left without it. */
export interface Chip {
  subject: string;
  predicate: string;
  without: string;
}

export interface RunsBarProps extends ColumnsPickerProps {
  chips: readonly Chip[];
  error?: FilterFault | undefined;
}

/** The filter as text and in words, the columns, and which runs. */
export function RunsBar(props: RunsBarProps) {
  const { experiment_id, view, error } = props;
  return (
    <>
      <div class="bar w">
        <Filter {...props} />
        <div class="scr">
          <ViewSwitch
            view={view.view}
            hrefOf={(to) => runsHref(experiment_id, view, { view: to === "active" ? undefined : to })}
          />
          <GroupBy {...props} />
          {props.available.metrics.length + props.available.params.length > 0 && <ColumnsPicker {...props} />}
          <ExportMenu experiment_id={experiment_id} view={view} columns={props.columns} />
        </div>
      </div>
      {error !== undefined && <FilterError id="filter-error" text={view.filter} error={error} />}
      <Chips {...props} />
    </>
  );
}

function Filter({ experiment_id, view, error }: RunsBarProps) {
  return (
    <form class="find q" role="search" aria-label="Runs" action={href(runsPath(experiment_id))}>
      <label class="sr" for="filter">Filter runs</label>
      <Icon name="search" />
      <input
        id="filter"
        name="filter"
        type="search"
        value={view.filter}
        placeholder="metrics.loss < 0.3 and params.model = 'vit'"
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        maxlength={8000}
        data-slash
        data-complete={href(path`/api/weir/1/runs/complete-filter`, { experiment_id })}
        aria-invalid={error?.offset === undefined ? undefined : "true"}
        aria-describedby={error?.offset === undefined ? undefined : "filter-error"}
      />
      <kbd class="needsjs">/</kbd>
      <HiddenFields query={{ ...runsQuery(view), view: view.view, filter: undefined }} />
    </form>
  );
}

const viewWords: Record<ListView, string> = { active: "Active", deleted: "Deleted", all: "All" };

/** Active, deleted or both. */
export function ViewSwitch({ view, hrefOf }: { view: ListView; hrefOf: (view: ListView) => string }) {
  return (
    <nav class="seg" aria-label="Which ones">
      {listViews.map((one) => (
        <a class="btn" href={hrefOf(one)} aria-current={one === view ? "true" : undefined}>{viewWords[one]}</a>
      ))}
    </nav>
  );
}

function Chips({ experiment_id, view, chips }: RunsBarProps) {
  return (
    <div class="chips">
      {chips.length > 0 && (
        <ul class="chips" aria-label="Filter in words">
          {chips.map(({ subject, predicate, without }) => (
            <li>
              {subject} <b>{predicate}</b>
              <a
                href={runsHref(experiment_id, view, { filter: without })}
                aria-label={`Remove: ${subject} ${predicate}`}
              >
                <Icon name="close" />
              </a>
            </li>
          ))}
        </ul>
      )}
      {view.filter !== "" && chips.length !== 1 && (
        <a href={runsHref(experiment_id, view, { filter: undefined })}>Clear the filter</a>
      )}
      <span class="grow" />
      <span id="fresh" class="mut" role="status"></span>
    </div>
  );
}

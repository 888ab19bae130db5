import { type ListView, listViews } from "../domain/list_view.ts";
import { ExportMenu } from "./export_menu.tsx";
import { type Chip, FilterBox, FilterChips } from "./filter_box.tsx";
import { HiddenFields } from "./hidden_fields.tsx";
import { href, path } from "./links.ts";
import { FilterError, type FilterFault } from "./parts.tsx";
import { ColumnsPicker, type ColumnsPickerProps } from "./runs_columns.tsx";
import { GroupBy } from "./runs_group_by.tsx";
import { runsHref, runsPath, runsQuery } from "./runs_links.ts";

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
    <FilterBox
      noun="Runs"
      label="Filter runs"
      action={href(runsPath(experiment_id))}
      name="filter"
      value={view.filter}
      placeholder="metrics.loss < 0.3 and params.model = 'vit'"
      error={error}
      complete={href(path`/api/weir/1/runs/complete-filter`, { experiment_id })}
    >
      <HiddenFields query={{ ...runsQuery(view), view: view.view, filter: undefined }} />
    </FilterBox>
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
      <FilterChips chips={chips} hrefOf={(filter) => runsHref(experiment_id, view, { filter })} />
      {view.filter !== "" && chips.length !== 1 && (
        <a href={runsHref(experiment_id, view, { filter: undefined })}>Clear the filter</a>
      )}
      <span class="grow" />
      <span id="fresh" class="mut" role="status"></span>
    </div>
  );
}

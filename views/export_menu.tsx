import { columnName } from "../domain/columns.ts";
import { type ExportFormat, exportFormats } from "../domain/run_export.ts";
import type { RunsView } from "../domain/runs_view.ts";
import type { RunsQuery } from "../wire/pages.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { href, path } from "./links.ts";
import { Menu } from "./parts.tsx";

const words: Record<ExportFormat, string> = {
  csv: "CSV",
  json: "JSON lines",
  parquet: "Parquet",
};

/** In the form of the selection: the chosen runs as a file. */
export function ExportButtons({ experiment_id }: { experiment_id: string }) {
  return (
    <ul>
      {exportFormats.map((format) => (
        <li>
          <button
            type="submit"
            name="format"
            value={format}
            formaction={href(path`/experiments/${experiment_id}/export`)}
          >
            {words[format]}
          </button>
        </li>
      ))}
    </ul>
  );
}

export interface ExportMenuProps {
  experiment_id: string;
  view: RunsQuery;
  /** What the page shows. */
  columns: RunsView;
}

/** All matching runs as a file, not only those of this page. */
export function ExportMenu({ experiment_id, view, columns }: ExportMenuProps) {
  const query = { filter: view.filter, order_by: view.order_by, view: view.view === "active" ? undefined : view.view };
  return (
    <Menu icon="download" label="Export all matching runs">
      <form class="exports" action={href(path`/experiments/${experiment_id}/export`)} hx-boost="false">
        <HiddenFields query={query} />
        <p>All matching runs</p>
        <label class="sw">
          <input type="radio" name="columns" value="" checked />with every column
        </label>
        <label class="sw">
          <input type="radio" name="columns" value={namesOf(columns).join()} />with the columns shown
        </label>
        <div class="seg">
          {exportFormats.map((format) => <button type="submit" name="format" value={format}>{words[format]}</button>)}
        </div>
      </form>
    </Menu>
  );
}

const namesOf = ({ metrics, params, tags, facts }: RunsView): string[] => [
  ...metrics.map(({ key }) => columnName({ kind: "metrics", key })),
  ...params.map(({ key }) => columnName({ kind: "params", key })),
  ...tags.map(({ key }) => columnName({ kind: "tags", key })),
  ...facts.map(({ key }) => columnName({ kind: "attributes", key })),
];

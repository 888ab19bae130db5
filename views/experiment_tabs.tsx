import type { ListView } from "../domain/list_view.ts";
import { count } from "../domain/format.ts";
import { href, path } from "./links.ts";

const tabs = [
  { key: "table", text: "Table", to: (id: string) => path`/experiments/${id}` },
  { key: "charts", text: "Charts", to: (id: string) => path`/experiments/${id}/charts` },
  { key: "models", text: "Models", to: (id: string) => path`/experiments/${id}/models` },
  { key: "datasets", text: "Datasets", to: (id: string) => path`/experiments/${id}/datasets` },
  { key: "evaluation", text: "Evaluation", to: (id: string) => path`/experiments/${id}/evaluation` },
] as const;

export type ExperimentTab = (typeof tabs)[number]["key"];

/** What goes along from tab to tab, under the same names in every address. */
export interface CarriedView {
  /** Of runs, in MLflow's language. */
  filter?: string | undefined;
  order_by?: string | undefined;
  view?: ListView | undefined;
  /** A column by which the runs are grouped: `params.model`. */
  group?: string | undefined;
  /** Selected runs. */
  runs?: readonly string[] | undefined;
}

const carried = ["filter", "order_by", "view", "group", "runs"] as const satisfies readonly (keyof CarriedView)[];

export interface ExperimentTabsProps {
  experiment_id: string;
  current: ExperimentTab;
  view?: CarriedView;
  /** How much a tab holds, where it is known. */
  counts?: Partial<Record<ExperimentTab, number>> | undefined;
}

/** The pages of one experiment. `weir.js` brings the links up to date with the address, which the browser may have changed. */
export function ExperimentTabs({ experiment_id, current, view = {}, counts = {} }: ExperimentTabsProps) {
  const { filter, order_by, view: which, group, runs } = view;
  const query = { filter, order_by, view: which === "active" ? undefined : which, group, runs };
  return (
    <nav class="tabs" aria-label="Sections" data-carries={carried.join(" ")}>
      {tabs.map(({ key, text, to }) => (
        <a href={href(to(experiment_id), query)} aria-current={key === current ? "page" : undefined}>
          {text}
          {counts[key] !== undefined && <span>{count(counts[key])}</span>}
        </a>
      ))}
    </nav>
  );
}

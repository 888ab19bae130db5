import type { Child } from "hono/jsx";
import type { EvaluationQuery } from "../wire/pages_evaluation.ts";
import type { EvaluationPageProps } from "./evaluation.tsx";
import { evaluationFields, evaluationHref, evaluationPart } from "./evaluation_links.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path, type Query } from "./links.ts";
import { Dot, Menu } from "./parts.tsx";
import { swaps } from "./view_form.tsx";

/** Which table of which runs is shown, by what its rows are brought together, and which rows. */
export function EvaluationBar(props: EvaluationPageProps) {
  const { view, table, tables, evaluation } = props;
  return (
    <div class="bar w">
      <Form view={view} without={["search", "from"]} class="find" role="search" label="Rows">
        <Icon name="search" />
        <input
          id="search"
          name="search"
          type="search"
          value={view.search}
          placeholder="Find rows"
          aria-label="Find rows by what they hold"
          autocomplete="off"
          data-slash
          dir="auto"
        />
        <kbd class="needsjs">/</kbd>
      </Form>
      {tables.size > 1 && (
        <Pick view={view} name="table" label="Table" without={["table", "by", "columns", "from"]}>
          {[...tables].map(([path, runs]) => <option value={path} selected={path === table}>{path} ({runs})</option>)}
        </Pick>
      )}
      <Pick view={view} name="by" label="Rows by" without={["by", "from"]}>
        <option value="#" selected={evaluation.key === undefined}>their number</option>
        {[evaluation.key ?? "", ...evaluation.known].filter((name) => name !== "").map((name) => (
          <option value={name} selected={name === evaluation.key}>{name}</option>
        ))}
      </Pick>
      <RunPicker {...props} />
      <ColumnPicker {...props} />
      <a
        class="sw"
        role="switch"
        aria-checked={view.differ ? "true" : "false"}
        href={evaluationHref(view, { differ: !view.differ, from: 0 })}
        hx-boost={swaps(evaluationPart)}
      >
        <i></i>Only rows that differ
      </a>
    </div>
  );
}

interface FormProps {
  view: EvaluationQuery;
  /** Fields that the form itself has, and those that then begin anew. */
  without: readonly (keyof EvaluationQuery)[];
  class?: string;
  role?: "search";
  label: string;
  children: Child;
}

function Form({ view, without, class: kind, role, label, children }: FormProps) {
  const fields: Query = Object.fromEntries(
    Object.entries(evaluationFields(view)).filter(([field]) => !without.some((one) => one === field)),
  );
  return (
    <form
      action={href(path`/experiments/${view.experiment_id}/evaluation`)}
      class={kind}
      role={role}
      aria-label={label}
      hx-boost={swaps(evaluationPart)}
    >
      <HiddenFields query={fields} />
      {children}
    </form>
  );
}

function Pick(props: Omit<FormProps, "class" | "role"> & { name: string }) {
  return (
    <Form {...props} class="against">
      <label>
        <span class="mut">{props.label}</span>
        <select name={props.name} data-submits>{props.children}</select>
      </label>
      <button type="submit" class="nojs">Show</button>
    </Form>
  );
}

function RunPicker({ view, listed, runs }: EvaluationPageProps) {
  const shown = new Set(runs.map(({ info }) => info.run_id));
  const others = runs.filter(({ info }) => !listed.some((run) => run.info.run_id === info.run_id));
  return (
    <Menu icon="run" text="Runs" note={`${shown.size} of ${listed.length + others.length}`}>
      <Form view={view} without={["runs", "from"]} label="Runs side by side">
        <ul class="pick">
          {[...others, ...listed].map(({ info: { run_id, run_name } }) => (
            <li>
              <label>
                <input type="checkbox" name="runs" value={run_id} checked={shown.has(run_id)} />
                <Dot run_id={run_id} />
                <span dir="auto" title={run_name}>{run_name}</span>
              </label>
            </li>
          ))}
        </ul>
        <button type="submit">Show these, ten at most</button>
      </Form>
    </Menu>
  );
}

function ColumnPicker({ view, evaluation }: EvaluationPageProps) {
  const shown = new Set(evaluation.columns.map(({ name }) => name));
  return (
    <Menu icon="columns" text="Columns" note={`${shown.size} of ${evaluation.known.length}`}>
      <Form view={view} without={["columns"]} label="Columns">
        <ul class="pick">
          {evaluation.known.map((name) => (
            <li>
              <label>
                <input type="checkbox" name="columns" value={name} checked={shown.has(name)} />
                <span dir="auto" title={name}>{name}</span>
              </label>
            </li>
          ))}
        </ul>
        <button type="submit">Show these columns</button>
      </Form>
    </Menu>
  );
}

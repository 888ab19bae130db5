import type { Child } from "hono/jsx";
import { Icon } from "./icons.tsx";
import type { FilterFault } from "./parts.tsx";

export interface FilterBoxProps {
  /** What is filtered, for people who hear the page: "Runs". */
  noun: string;
  /** Of the box: "Filter runs". */
  label: string;
  action: string;
  name: string;
  value: string;
  placeholder: string;
  error: FilterFault | undefined;
  /** Where the browser asks how the text may go on. */
  complete?: string;
  /** The rest of the view, as hidden fields. */
  children: Child;
}

/** The box for a filter in MLflow's language; what is wrong with it stands in the element `filter-error`. */
export function FilterBox(props: FilterBoxProps) {
  const { noun, label, action, name, value, placeholder, error, complete, children } = props;
  return (
    <form class="find q" role="search" aria-label={noun} action={action}>
      <label class="sr" for="filter">{label}</label>
      <Icon name="search" />
      <input
        id="filter"
        name={name}
        type="search"
        value={value}
        placeholder={placeholder}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        maxlength={8000}
        data-slash
        data-complete={complete}
        aria-invalid={error?.offset === undefined ? undefined : "true"}
        aria-describedby={error?.offset === undefined ? undefined : "filter-error"}
      />
      <kbd class="needsjs">/</kbd>
      {children}
    </form>
  );
}

/** One condition of a filter in words. */
export interface Chip {
  subject: string;
  predicate: string;
  /** The filter without it. */
  without: string;
}

/** The filter in words, each with a way to take it out. */
export function FilterChips({ chips, hrefOf }: { chips: readonly Chip[]; hrefOf: (filter: string) => string }) {
  if (chips.length === 0) return null;
  return (
    <ul class="chips" aria-label="Filter in words">
      {chips.map(({ subject, predicate, without }) => (
        <li>
          {subject} <b>{predicate}</b>
          <a href={hrefOf(without)} aria-label={`Remove: ${subject} ${predicate}`}>
            <Icon name="close" />
          </a>
        </li>
      ))}
    </ul>
  );
}

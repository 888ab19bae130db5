import {
  combine,
  type Comparison,
  everything,
  type Field,
  type Filter,
  isEverything,
  isNothing,
  nothing,
} from "./ast.ts";

const same = (a: Field, b: Field): boolean => a.entity === b.entity && a.key === b.key;

/**
 * What is left of a filter among the things that have no value for `field` ("missing"), or NaN: clauses on that field are
 * decided, and what they decide with them.
 */
export function assume(filter: Filter, field: Field, value: "missing" | "NaN"): Filter {
  switch (filter.kind) {
    case "comparison":
      return same(filter.field, field) ? decided(filter, value) : filter;
    case "not": {
      const term = assume(filter.term, field, value);
      if (isEverything(term)) return nothing;
      return isNothing(term) ? everything : { kind: "not", term };
    }
    case "and": {
      const terms = filter.terms.map((term) => assume(term, field, value));
      return terms.some(isNothing) ? nothing : combine("and", terms);
    }
    case "or": {
      const terms = filter.terms.map((term) => assume(term, field, value));
      return terms.some(isEverything) ? everything : combine("or", terms);
    }
  }
}

const trueOf = { missing: ["IS NULL"], NaN: ["!=", "NOT IN", "IS NOT NULL"] };

const decided = ({ operator }: Comparison, value: "missing" | "NaN"): Filter =>
  trueOf[value].includes(operator) ? everything : nothing;

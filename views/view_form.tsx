import type { Child } from "hono/jsx";
import { HiddenFields } from "./hidden_fields.tsx";
import type { Query } from "./links.ts";

/** What makes htmx put what a link or form leads to in the place of a part of the page, keeping what did not change, and the place. */
export const swaps = (part: string): string => `target:${part}, select:${part}, swap:"outerMorph show:none"`;

export interface ViewFormProps {
  /** For buttons that stand elsewhere. */
  id: string;
  action: string;
  /** The rest of the view. */
  fields: Query;
  part: string;
  class?: string;
  children?: Child;
}

/** A form that changes the view: a GET, so that what comes of it has an address. */
export function ViewForm({ id, action, fields, part, class: kind, children }: ViewFormProps) {
  return (
    <form id={id} action={action} class={kind} hx-boost={swaps(part)}>
      <HiddenFields query={fields} />
      {children}
    </form>
  );
}

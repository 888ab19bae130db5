import type { Child } from "hono/jsx";

/** Fields of forms, with what they are called above them. */

export interface FieldProps {
  label: string;
  /** Below it, quiet. */
  note?: Child;
  /** As wide as the form. */
  wide?: boolean;
}

export function Field({ label, note, wide, children }: FieldProps & { children: Child }) {
  return (
    <label class={wide ? "w3" : undefined}>
      {label}
      {children}
      {note !== undefined && <span class="mut">{note}</span>}
    </label>
  );
}

export interface TextFieldProps extends FieldProps {
  name: string;
  value: string;
  /** What is meant where nothing is typed. */
  hint?: string;
  /** To choose from; anything else may be typed too. */
  choices?: readonly string[];
  /** Code, in a font of its own. */
  mono?: boolean;
  required?: boolean;
  autofocus?: boolean;
  most?: number;
}

export function TextField(
  { name, value, hint, choices = [], mono, required, autofocus, most, ...field }: TextFieldProps,
) {
  const list = choices.length > 0 ? `${name}-choices` : undefined;
  return (
    <Field {...field}>
      <input
        type="text"
        name={name}
        value={value}
        class={mono ? "mono" : undefined}
        placeholder={hint}
        list={list}
        required={required}
        autofocus={autofocus}
        maxlength={most ?? 2048}
        autocomplete="off"
        spellcheck={false}
        dir="auto"
      />
      {list && <datalist id={list}>{choices.map((choice) => <option value={choice}></option>)}</datalist>}
    </Field>
  );
}

export interface CountFieldProps extends FieldProps {
  name: string;
  value: number | undefined;
  least?: number;
  most?: number;
  hint?: string;
  /** Numbers between are taken too. */
  any?: boolean;
}

export function CountField({ name, value, least = 1, most, hint, any, ...field }: CountFieldProps) {
  return (
    <Field {...field}>
      <input
        type="number"
        name={name}
        value={value ?? ""}
        min={least}
        max={most}
        step={any ? "any" : undefined}
        placeholder={hint}
      />
    </Field>
  );
}

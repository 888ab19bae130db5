import type { EntryPointLook, ParameterLook, ProjectLook } from "../domain/projects/look.ts";
import type { KeyValue } from "../domain/entities.ts";
import { href, path } from "./links.ts";
import { Badge } from "./parts.tsx";

export interface LaunchParamsProps {
  /** What a worker has read of the project, if one has. */
  found: ProjectLook | undefined;
  entry_point: string;
  /** Values that are there already. */
  given: readonly KeyValue[];
}

/** Which entry point, and a field for each of its parameters. */
export function LaunchParams({ found, entry_point, given }: LaunchParamsProps) {
  const entry = found?.entry_points.find(({ name }) => name === entry_point);
  const declared = entry?.parameters ?? [];
  const others = given.filter(({ key }) => !declared.some((one) => one.key === key));
  const valueOf = (key: string) => given.find((one) => one.key === key)?.value;
  return (
    <div class="fields" id="params">
      <EntryPoint found={found} entry_point={entry_point} entry={entry} />
      {declared.map((parameter) => (
        <Parameter parameter={parameter} value={valueOf(parameter.key) ?? parameter.default ?? ""} />
      ))}
      {!found && others.map(({ key, value }) => <Parameter parameter={{ key, type: "", default: "" }} value={value} />)}
      <label class="w3">
        {declared.length > 0 ? "More parameters, a line for each" : "Parameters, a line for each"}
        <textarea
          name="parameters"
          rows={declared.length > 0 || (!found && others.length > 0) ? 2 : 5}
          placeholder="alpha=0.5"
          spellcheck={false}
          class="mono"
        >
          {found && others.map(({ key, value }) => `${key}=${value}`).join("\n")}
        </textarea>
        {found && <span class="mut">They are added to the command as --name value.</span>}
      </label>
    </div>
  );
}

function EntryPoint({ found, entry_point, entry }: Omit<LaunchParamsProps, "given"> & {
  entry: EntryPointLook | undefined;
}) {
  if (!found || found.entry_points.length + found.scripts.length === 0) {
    return (
      <label>
        Entry point
        <input type="text" name="entry_point" value={entry_point} placeholder="main" maxlength={2048} />
      </label>
    );
  }
  const names = found.entry_points.map(({ name }) => name);
  const scripts = found.scripts.filter((script) => !names.includes(script));
  const known = [...names, ...scripts].includes(entry_point);
  return (
    <label class="w3">
      Entry point
      <select
        name="entry_point"
        {...{
          "hx-get": href(path`/projects/new`),
          "hx-trigger": "change",
          "hx-include": "closest form",
          "hx-target": "#params",
          "hx-select": "#params",
          "hx-swap": "outerHTML",
        }}
      >
        {!known && <option selected>{entry_point}</option>}
        {names.map((name) => <option selected={name === entry_point || undefined}>{name}</option>)}
        {scripts.length > 0 && (
          <optgroup label="Scripts">
            {scripts.map((script) => <option selected={script === entry_point || undefined}>{script}</option>)}
          </optgroup>
        )}
      </select>
      {entry && (
        <span class="mut">
          <code dir="auto">{entry.command}</code>
        </span>
      )}
      <noscript>
        <button type="submit" formmethod="get" formaction={href(path`/projects/new`)} formnovalidate>
          Show its parameters
        </button>
      </noscript>
    </label>
  );
}

function Parameter({ parameter, value }: { parameter: ParameterLook; value: string }) {
  const { key, type, default: usual } = parameter;
  const shared = {
    name: "param_value",
    "data-param": key,
    required: usual === undefined,
    spellcheck: false,
    autocomplete: "off",
    placeholder: usual === "" || usual === undefined ? undefined : usual,
  };
  return (
    <label>
      <span dir="auto">
        {key} {type !== "" && <Badge>{type}</Badge>}
      </span>
      <input type="hidden" name="param_name" value={key} />
      {value.includes("\n")
        ? <textarea {...shared} rows={3} class="mono">{value}</textarea>
        : <input type="text" {...shared} value={value} inputmode={numeric.has(type) ? "decimal" : undefined} />}
      {hints[type] !== undefined && <span class="mut">{hints[type]}</span>}
    </label>
  );
}

const numeric = new Set(["float", "int", "integer", "number"]);

const hints: Readonly<Record<string, string>> = {
  path: "A file of the worker's machine, or an address that is downloaded first.",
  uri: "An address, such as https: or s3:.",
};

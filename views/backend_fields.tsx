import type { KeyValue } from "../domain/entities.ts";
import { backendForms, optionField } from "../domain/projects/backend_options.ts";

export interface BackendFieldsProps {
  backend: string;
  config: Readonly<Record<string, unknown>>;
  docker_args: readonly KeyValue[];
  build_image: boolean;
}

/** Where a project is run, and what that needs: only the fields of what is chosen are seen. */
export function BackendFields({ backend, config, docker_args, build_image }: BackendFieldsProps) {
  const known = backendForms.find(({ name }) => name === backend)?.options.map(({ key }) => key) ?? [];
  const rest = Object.fromEntries(
    Object.entries(config).filter(([key, value]) => !known.includes(key) || !isPlain(value)),
  );
  return (
    <div class="fields backend">
      <label>
        Runs on
        <select name="backend">
          {backendForms.map(({ name, text }) => (
            <option value={name} selected={name === backend || undefined}>{text}</option>
          ))}
        </select>
      </label>
      {backendForms.map(({ name, options }) =>
        options.map(({ key, text, example, number }) => (
          <label data-backend={name}>
            {text}
            <input
              type="text"
              name={optionField(name, key)}
              value={name === backend && isPlain(config[key]) ? String(config[key]) : ""}
              placeholder={example}
              inputmode={number ? "numeric" : undefined}
              autocomplete="off"
              spellcheck={false}
            />
          </label>
        ))
      )}
      <label class="w3" data-backend="docker">
        Arguments of docker run, a line for each
        <textarea name="docker_args" rows={2} placeholder="gpus=all" spellcheck={false} class="mono">
          {docker_args.map(({ key, value }) => value === "" ? key : `${key}=${value}`).join("\n")}
        </textarea>
      </label>
      <label class="w3 check" data-backend="docker">
        <input type="checkbox" name="build_image" value="true" checked={build_image} />
        Put the project into an image of its own
      </label>
      <label class="w3" data-backend="more">
        More of its configuration, in JSON
        <textarea name="backend_config" rows={2} placeholder="{}" spellcheck={false} class="mono">
          {Object.keys(rest).length === 0 ? "" : JSON.stringify(rest, undefined, 2)}
        </textarea>
      </label>
    </div>
  );
}

const isPlain = (value: unknown): boolean => typeof value === "string" || typeof value === "number";

import type { DescribedOperation, OpenApi, Refusal } from "../wire/openapi.ts";
import { exampleOf, type Field, fieldsOf, jsonOf, parameterField, type TypeName, valueOf } from "./api_types.ts";
import { href, path } from "./links.ts";
import { PageHead, Snippet } from "./parts.tsx";
import { Shell } from "./shell.tsx";
import { shell } from "./snippets.ts";

interface Entry {
  method: string;
  path: string;
  operation: DescribedOperation;
}

/** Every endpoint, from the OpenAPI document that clients get. `server` is this server's address, for lines to paste. */
export function ApiReference(props: { document: OpenApi; errors: readonly Refusal[]; server: string }) {
  const { document, errors, server } = props;
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method: method.toUpperCase(), path, operation }))
  );
  const groups = document.tags.map(({ name }) => ({ name, entries: entries.filter((entry) => tagOf(entry) === name) }));
  return (
    <Shell title="API reference" current="api">
      <PageHead crumbs={[]} title="API reference" description={`MLflow ${document.info.version} and more`}>
        <a class="btn" href={href(path`/openapi.json`)}>OpenAPI 3.1</a>
      </PageHead>
      <div class="api">
        <nav class="apinav" aria-label="Parts of the API">
          <a href="#about">About</a>
          {groups.map(({ name, entries }) => (
            <a href={`#${name}`}>
              {name} <span class="mut">{entries.length}</span>
            </a>
          ))}
          <a href="#objects">Objects</a>
          <a href="#errors">Errors</a>
        </nav>
        <div class="apiparts">
          <section id="about" aria-label="About">
            {document.info.description.split("\n\n").map((text) => (
              <p>
                <Marked text={text} />
              </p>
            ))}
          </section>
          {groups.map(({ name, entries }) => (
            <section id={name}>
              <h2>{name}</h2>
              {entries.map((entry) => <Operation {...entry} server={server} />)}
            </section>
          ))}
          <Objects document={document} />
          <Errors errors={errors} />
        </div>
      </div>
    </Shell>
  );
}

const tagOf = ({ operation }: Entry): string | undefined => operation.tags[0];

/** Text with `code` in it. */
function Marked({ text }: { text: string }) {
  return <>{text.split("`").map((part, i) => i % 2 === 1 ? <code>{part}</code> : part)}</>;
}

/** A name that may be broken before its marks, not within its words. */
function Breakable({ text }: { text: string }) {
  return (
    <code>
      {text.split(/(?=[._[/])/).map((part) => (
        <>
          {part}
          <wbr />
        </>
      ))}
    </code>
  );
}

function Operation({ method, path, operation, server }: Entry & { server: string }) {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const done = responses["200"];
  const answer = done && "content" in done ? jsonOf(done.content) : undefined;
  const body = jsonOf(requestBody?.content);
  const fields = [...parameters.map(parameterField), ...(body ? fieldsOf(body) : [])];
  return (
    <details class="op">
      <summary>
        <span class="verb">{method}</span>
        <Breakable text={path} />
        <span class="mut">
          <Marked text={summary} />
        </span>
      </summary>
      <div id={operationId}>
        <Fields title="Request" fields={fields} none={requestBody ? "The body is the file." : "Takes no fields."} />
        <Fields
          title="Answer"
          fields={answer ? fieldsOf(answer) : []}
          none={answer ? "An empty object." : done ? "The file's bytes." : "Errors only."}
        />
        <h3>Example</h3>
        <Snippet label={`Example of ${method} ${path}`} code={curl({ method, path, operation }, server)} />
      </div>
    </details>
  );
}

function Fields({ title, fields, none }: { title: string; fields: readonly Field[]; none: string }) {
  return (
    <>
      <h3>{title}</h3>
      {fields.length === 0 ? <p class="mut">{none}</p> : (
        <table class="fields">
          <thead>
            <tr>
              <th>Field</th>
              <th>Type</th>
              <th>Meaning</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ name, type, required, note, usual }) => (
              <tr>
                <th scope="row">
                  <Breakable text={name} /> {required && title === "Request" && <span class="badge a">required</span>}
                </th>
                <td>
                  <Type type={type} />
                </td>
                <td>
                  {note !== undefined && <Marked text={note} />}
                  {usual !== undefined && (
                    <p class="mut">
                      Default: <code>{usual}</code>
                    </p>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Type({ type: { text, of } }: { type: TypeName }) {
  if (of === undefined) return <>{text}</>;
  return (
    <>
      {text.slice(0, -of.length)}
      <a href={`#object-${of}`}>{of}</a>
    </>
  );
}

function Objects({ document }: { document: OpenApi }) {
  return (
    <section id="objects">
      <h2>Objects</h2>
      {Object.entries(document.components.schemas).map(([name, schema]) => (
        <article id={`object-${name}`}>
          <Fields title={name} fields={fieldsOf(schema)} none="An empty object." />
        </article>
      ))}
    </section>
  );
}

function Errors({ errors }: { errors: readonly Refusal[] }) {
  return (
    <section id="errors">
      <h2>Errors</h2>
      <table class="fields">
        <thead>
          <tr>
            <th>Status</th>
            <th>
              <code>error_code</code>
            </th>
            <th>Meaning</th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ status, codes, sentence }) => (
            <tr>
              <th scope="row">{status}</th>
              <td>
                {codes.map((code) => (
                  <>
                    <code>{code}</code>
                    {" "}
                  </>
                ))}
              </td>
              <td>
                <Marked text={sentence} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** On one line where it fits. */
function jsonText(value: object): string {
  const line = JSON.stringify(value);
  return line.length <= 72 ? line : JSON.stringify(value, null, 2);
}

/** The request as a line for a shell. */
function curl({ method, path, operation }: Entry, server: string): string {
  const { parameters = [], requestBody } = operation;
  const value = (name: string) => {
    const parameter = parameters.find((one) => one.name === name);
    return encodeURIComponent([valueOf(name, parameter?.schema ?? {})].flat().map(String).join());
  };
  const shown = parameters.filter((one) => one.in === "query" && (one.required || /^run_ids?$/.test(one.name)));
  const query = shown.map(({ name }) => `${name}=${value(name)}`).join("&");
  const url = server + path.replace(/\{(\w+)\}/g, (_, name: string) => value(name)) + (query && `?${query}`);
  const body = jsonOf(requestBody?.content);
  return [
    `curl ${method === "GET" ? "" : `-X ${method} `}${shell(url)}`,
    ...(body ? ["-H 'Content-Type: application/json'", `-d ${shell(jsonText(exampleOf(body)))}`] : []),
    ...(requestBody && !body ? ["--data-binary @file"] : []),
  ].join(" \\\n  ");
}

import { bytes, count } from "../../domain/format.ts";
import type { ShownModel, SmallFile } from "../../domain/look.ts";
import type { ModelCard } from "../../domain/model_card.ts";
import type { Signature, SignatureField } from "../../domain/model_signature.ts";
import { type FileLinks, openHref } from "../file_links.ts";
import { join } from "../file_tree.tsx";
import { Icon } from "../icons.tsx";
import { loadLines, serveLines } from "../model_lines.ts";
import { Badge, Snippet } from "../parts.tsx";
import { swaps } from "../view_form.tsx";

export interface ModelCardProps {
  model: ShownModel;
  links: FileLinks;
  /** How clients reach this server. */
  server: string;
}

/** A model as its MLmodel tells it: what it is, what it takes and gives, what it needs, and lines to use it. */
export function ModelCardView({ model, links, server }: ModelCardProps) {
  const { card, folder, example, request, needs } = model;
  const uri = links.modelUri(folder, card);
  const asked = request && !request.cut ? compact(request.text) : undefined;
  const serves = card.flavors.some(({ name }) => name === "python_function");
  const lines = [...loadLines(server, uri, card), ...(serves ? serveLines(server, uri, asked) : [])];
  return (
    <div class="model">
      <Faults faults={card.faults} />
      <Flavors card={card} />
      <About card={card} />
      {card.signature && <SignatureTables signature={card.signature} />}
      {card.flavors.length > 0 && !card.signature && (
        <p class="mut">It has no signature: nothing says what it takes and gives.</p>
      )}
      {example && <File title="Input example" file={example} folder={folder} links={links} open />}
      {lines.length > 0 && (
        <section class="use">
          {lines.map(({ title, label, code }) => (
            <>
              <h3>{title}</h3>
              <Snippet label={label} code={code} />
            </>
          ))}
        </section>
      )}
      {needs.map((file) => <File title="Needs" file={file} folder={folder} links={links} />)}
    </div>
  );
}

/** A request that is sent in a line, numbers as they are written; undefined where it is too long for one. */
function compact(json: string): string | undefined {
  const text = json.replaceAll(/\n */g, ""); // no text of JSON holds a line end
  return text.length <= 2_000 ? text : undefined;
}

function Faults({ faults }: { faults: readonly string[] }) {
  if (faults.length === 0) return null;
  return (
    <div class="note bad" role="alert">
      <Icon name="warning" />
      <p dir="auto">
        <b>This MLmodel is not as MLflow writes it.</b> {faults.join(" ")}
      </p>
    </div>
  );
}

function Flavors({ card: { flavors } }: { card: ModelCard }) {
  return (
    <div class="flavors">
      {flavors.map(({ name, version, facts }) => (
        <details>
          <summary>
            <Badge accent={name !== "python_function"}>
              <bdi>{name}</bdi>
            </Badge>
            {version !== undefined && <bdi>{version}</bdi>}
          </summary>
          <dl class="kv">
            {facts.map(([key, value]) => (
              <>
                <dt title={key}>
                  <bdi>{key}</bdi>
                </dt>
                <dd>
                  <bdi>{value}</bdi>
                </dd>
              </>
            ))}
          </dl>
        </details>
      ))}
    </div>
  );
}

function About({ card }: { card: ModelCard }) {
  const facts: [string, string | undefined][] = [
    ["Size", card.size === undefined ? undefined : bytes(card.size)],
    ["Made", card.created && `${card.created.replace(/\.\d+$/, "")} UTC`],
    ["MLflow", card.mlflow_version],
    ["Python", card.python_version],
    ["Logged model", card.model_id],
    ["Run", card.run_id],
    ["UUID", card.model_uuid],
    ...card.metadata.map(([key, value]): [string, string] => [key, value]),
  ];
  return (
    <dl class="kv">
      {facts.map(([name, value]) =>
        value !== undefined && (
          <>
            <dt title={name}>
              <bdi>{name}</bdi>
            </dt>
            <dd title={value}>
              <bdi>{value}</bdi>
            </dd>
          </>
        )
      )}
    </dl>
  );
}

const parts = [["inputs", "Inputs"], ["outputs", "Outputs"], ["params", "Params"]] as const;

/** What a model takes and gives, as tables. */
export function SignatureTables({ signature }: { signature: Signature }) {
  return (
    <div class="signature">
      {parts.map(([part, title]) => {
        const fields = signature[part];
        return fields && fields.length > 0 && <Fields title={title} fields={fields} params={part === "params"} />;
      })}
    </div>
  );
}

/** Fields of a part that a page carries. */
const mostFields = 200;

function Fields({ title, fields, params }: { title: string; fields: readonly SignatureField[]; params: boolean }) {
  return (
    <div class="tw data" tabindex={0} role="group" aria-label={title}>
      <table>
        <caption>{title} {fields.length > 1 && <span class="mut">{count(fields.length)}</span>}</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            {params && <th scope="col">Default</th>}
          </tr>
        </thead>
        <tbody>
          {fields.slice(0, mostFields).map(({ name, type, shape, required, default: usual }) => (
            <tr>
              <th scope="row" title={name}>
                {name === "" ? <span class="mut">unnamed</span> : <bdi>{name}</bdi>}
                {required === false && <span class="mut">optional</span>}
              </th>
              <td title={type}>
                <bdi>{type}</bdi> {shape !== undefined && <span class="mut">{shape}</span>}
              </td>
              {params && (
                <td title={usual}>
                  <bdi>{usual}</bdi>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {fields.length > mostFields && <p class="mut">and {count(fields.length - mostFields)} more</p>}
    </div>
  );
}

interface FileProps {
  title: string;
  file: SmallFile;
  folder: string;
  links: FileLinks;
  open?: boolean;
}

function File({ title, file: { name, text, cut }, folder, links, open }: FileProps) {
  return (
    <details open={open}>
      <summary>
        {title} <span class="mut">{name}</span>
      </summary>
      <pre class="file" tabindex={0} aria-label={name} dir="auto">{text}</pre>
      <p class="mut">
        {cut && "Its beginning. "}
        <a href={openHref(links, join(folder, name))} hx-boost={swaps(links.part)}>Open {name}</a>
      </p>
    </details>
  );
}

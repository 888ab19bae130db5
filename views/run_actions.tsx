import type { Experiment } from "../domain/entities.ts";
import { counted } from "../domain/format.ts";
import { limits } from "../domain/names.ts";
import type { RunAct } from "../domain/run_changes.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { href, path } from "./links.ts";
import { Dot, Empty, PageHead } from "./parts.tsx";
import { viewHref } from "./saved_views.tsx";
import { Shell } from "./shell.tsx";

export interface RunActPageProps {
  act: RunAct;
  experiment: Experiment;
  /** The active runs among those that were chosen, with the keys of their tags. */
  chosen: readonly { run_id: string; run_name: string; tags: readonly string[] }[];
  /** How many runs are nested in them that were not chosen themselves. */
  nested: number;
  /** Keys of tags of the experiment's runs. */
  keys: readonly string[];
  /** Names of experiments to move or copy to. */
  experiments: readonly string[];
  /** The query of the table to return to, without "?". */
  back: string;
}

const verbs: Record<RunAct, string> = { tag: "Tag", rename: "Rename", move: "Move", copy: "Copy" };

/** `/experiments/:id/runs/tag`, `…/rename`, `…/move`, `…/copy`: asks what is to be done to the chosen runs. */
export function RunActPage(props: RunActPageProps) {
  const { act, experiment: { experiment_id, name }, chosen, back } = props;
  const title = `${verbs[act]} ${counted(chosen.length, "run")}`;
  const table = viewHref({ page: "runs", experiment_id, query: back });
  return (
    <Shell title={title} current="experiments">
      <PageHead
        crumbs={[{ text: "Experiments", href: href(path`/experiments`) }, { text: name, href: table }]}
        title={title}
      />
      {chosen.length === 0
        ? (
          <Empty title="No run was chosen">
            <p>
              Tick runs in <a href={table}>the table</a>, and choose again. Deleted runs cannot be changed.
            </p>
          </Empty>
        )
        : (
          <div class="page">
            <div id="act" class="act">
              <Names chosen={chosen} />
              <Question {...props} />
              <p class="cancel">
                <a href={table}>Cancel</a>
              </p>
            </div>
          </div>
        )}
    </Shell>
  );
}

const mostNamed = 12;

function Names({ chosen }: Pick<RunActPageProps, "chosen">) {
  return (
    <p class="who">
      {chosen.slice(0, mostNamed).map(({ run_id, run_name }) => (
        <span>
          <Dot run_id={run_id} />
          <bdi title={run_name}>{run_name}</bdi>
        </span>
      ))}
      {chosen.length > mostNamed && <span class="mut">and {chosen.length - mostNamed} more</span>}
    </p>
  );
}

function Question(props: RunActPageProps) {
  switch (props.act) {
    case "tag":
      return <Tags {...props} />;
    case "rename":
      return <Rename {...props} />;
    case "move":
    case "copy":
      return <Place {...props} act={props.act} />;
  }
}

/** A form that posts the chosen runs. */
function Form(props: RunActPageProps & { verb: string; children: unknown }) {
  const { experiment: { experiment_id }, chosen, back, verb } = props;
  return (
    <form class="form" method="post" action={href(path`/experiments/${experiment_id}/runs/${verb}`)}>
      <HiddenFields query={{ runs: chosen.map(({ run_id }) => run_id), back }} />
      {props.children}
    </form>
  );
}

function Tags(props: RunActPageProps) {
  const { keys, chosen } = props;
  return (
    <>
      <Form {...props} verb="tag">
        <label>
          Tag
          <Suggested name="key" list="tag-keys" most={limits.key} placeholder="stage" values={keys} />
        </label>
        <label>
          Value
          <input type="text" name="value" maxlength={limits.runTagValue} autocomplete="off" dir="auto" />
        </label>
        <div class="acts">
          <button type="submit" class="pri">{chosen.length === 1 ? "Set" : `Set on ${chosen.length} runs`}</button>
        </div>
      </Form>
      <Untag {...props} />
    </>
  );
}

/** A field that suggests values but takes any. */
function Suggested(
  props: { name: string; list: string; most: number; placeholder: string; values: readonly string[] },
) {
  const { name, list, most, placeholder, values } = props;
  return (
    <>
      <input
        type="text"
        name={name}
        list={list}
        required
        maxlength={most}
        placeholder={placeholder}
        autocomplete="off"
        autofocus
        dir="auto"
      />
      <datalist id={list}>{values.map((value) => <option value={value}></option>)}</datalist>
    </>
  );
}

function Untag(props: RunActPageProps) {
  const { chosen } = props;
  const there = [...new Set(chosen.flatMap(({ tags }) => tags))].filter((key) => !key.startsWith("mlflow.")).sort();
  if (there.length === 0) return null;
  return (
    <Form {...props} verb="untag">
      <label>
        Remove a tag
        <select name="key" dir="auto">
          {there.map((key) => {
            const having = chosen.filter(({ tags }) => tags.includes(key)).length;
            return <option value={key}>{having === chosen.length ? key : `${key} (${having} have it)`}</option>;
          })}
        </select>
      </label>
      <div class="acts">
        <button type="submit" class="danger">Remove</button>
      </div>
    </Form>
  );
}

function Rename(props: RunActPageProps) {
  const { chosen } = props;
  return (
    <Form {...props} verb="rename">
      <label>
        Name
        <input
          type="text"
          name="run_name"
          value={chosen.length === 1 ? chosen[0]?.run_name : ""}
          required
          maxlength={limits.runTagValue}
          autocomplete="off"
          autofocus
          dir="auto"
        />
      </label>
      {chosen.length > 1 && <p class="mut">All {chosen.length} runs get this name.</p>}
      <div class="acts">
        <button type="submit" class="pri">Rename</button>
      </div>
    </Form>
  );
}

const effects: Record<"move" | "copy", string> = {
  move:
    "Runs keep their ids, params, metrics with all points, and files; logged models go along. Clients that log to a run " +
    "meanwhile notice nothing. Files stay where they are stored, and so do traces.",
  copy:
    "A copy is a new run with the params, tags, metrics with all points, and inputs. Files stay with the run that they are " +
    "of, which the tag weir.copiedFrom of the copy names.",
};

function Place(props: RunActPageProps & { act: "move" | "copy" }) {
  const { act, chosen, nested, experiments, experiment } = props;
  const offered = act === "copy" ? experiments : experiments.filter((name) => name !== experiment.name);
  return (
    <Form {...props} verb={act}>
      <label>
        To the experiment
        <Suggested
          name="to"
          list="experiments"
          most={limits.experimentName}
          placeholder="its name or id"
          values={offered}
        />
      </label>
      {nested > 0 && (
        <p>
          <b>{counted(nested, "nested run")}</b> {nested === 1 ? "comes" : "come"} along.
        </p>
      )}
      <p class="mut">{effects[act]}</p>
      <div class="acts">
        <button type="submit" class="pri">{verbs[act]} {counted(chosen.length + nested, "run")}</button>
      </div>
    </Form>
  );
}

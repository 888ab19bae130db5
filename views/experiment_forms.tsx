import type { Experiment, KeyValue } from "../domain/entities.ts";
import { noteKey } from "../domain/names.ts";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Menu } from "./parts.tsx";

/** MLflow's tag for a description. */
export function descriptionOf(experiment: Experiment): string {
  return experiment.tags?.find(({ key }) => key === noteKey)?.value ?? "";
}

/** Tags that people set: all but MLflow's own. */
export const ownTags = ({ tags = [] }: Experiment): KeyValue[] => tags.filter(({ key }) => !key.startsWith("mlflow."));

/** Name and description of a new experiment. */
export function CreateForm() {
  return (
    <form class="form" method="post" action={href(path`/experiments`)}>
      <Fields name="" description="" />
      <div class="acts">
        <button type="submit" class="pri">Create</button>
      </div>
    </form>
  );
}

/** Rename and describe. */
export function EditForm({ experiment }: { experiment: Experiment }) {
  const { experiment_id, name } = experiment;
  return (
    <form class="form" method="post" action={href(path`/experiments/${experiment_id}/edit`)}>
      <Fields name={name} description={descriptionOf(experiment)} />
      <div class="acts">
        <button type="submit" class="pri">Save</button>
      </div>
    </form>
  );
}

function Fields({ name, description }: { name: string; description: string }) {
  return (
    <>
      <label>
        Name
        <input
          type="text"
          name="name"
          value={name}
          placeholder="team/topic"
          required
          maxlength={500}
          autocomplete="off"
        />
      </label>
      <label>
        Description, in Markdown
        <textarea name="description" rows={3}>{description}</textarea>
      </label>
    </>
  );
}

/** Every tag with a way to remove it, and a new one. */
export function TagForms({ experiment }: { experiment: Experiment }) {
  const { experiment_id } = experiment;
  return (
    <div class="tagforms">
      {ownTags(experiment).map(({ key, value }) => (
        <form method="post" action={href(path`/experiments/${experiment_id}/tags/delete`)}>
          <input type="hidden" name="key" value={key} />
          <bdi class="badge" title={`${key}: ${value}`}>{value === "" ? key : `${key}: ${value}`}</bdi>
          <button type="submit" class="sq ghost" aria-label={`Remove the tag ${key}`} title="Remove">
            <Icon name="close" />
          </button>
        </form>
      ))}
      <form method="post" action={href(path`/experiments/${experiment_id}/tags`)}>
        <input type="text" name="key" placeholder="Tag" aria-label="Tag" required maxlength={250} autocomplete="off" />
        <input type="text" name="value" placeholder="Value" aria-label="Value" maxlength={20000} autocomplete="off" />
        <button type="submit">Set</button>
      </form>
    </div>
  );
}

export function DeleteForm({ experiment }: { experiment: Experiment }) {
  return (
    <form method="post" action={href(path`/experiments/${experiment.experiment_id}/delete`)}>
      <button type="submit" class="danger">
        <Icon name="delete" />Delete
      </button>
    </form>
  );
}

export function RestoreForm({ experiment, label = "Restore" }: { experiment: Experiment; label?: string }) {
  return (
    <form method="post" action={href(path`/experiments/${experiment.experiment_id}/restore`)}>
      <button type="submit">
        <Icon name="restore" />
        {label}
      </button>
    </form>
  );
}

/** What can be done to an experiment from its own page. */
export function ExperimentMenu({ experiment }: { experiment: Experiment }) {
  if (experiment.lifecycle_stage === "deleted") return null;
  return (
    <Menu icon="more" label="Rename, describe, delete">
      <EditForm experiment={experiment} />
      <hr />
      <DeleteForm experiment={experiment} />
    </Menu>
  );
}

/** On the page of a deleted experiment. */
export function DeletedNote({ experiment }: { experiment: Experiment }) {
  return (
    <div class="note warn" role="status">
      <Icon name="warning" />
      <p>
        This experiment is in the bin. Its runs can be read but not changed. <a href={href(path`/bin`)}>Open the bin</a>
      </p>
      <RestoreForm experiment={experiment} label="Restore the experiment" />
    </div>
  );
}

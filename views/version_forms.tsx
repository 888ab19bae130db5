import type { ModelVersion } from "../domain/entities.ts";
import { Icon } from "./icons.tsx";
import { href, type Path, path } from "./links.ts";
import { DescribeForm, StageOptions, Why } from "./model_parts.tsx";
import { Menu } from "./parts.tsx";

/** What can be done to a version from its page. */

const at = ({ name, version }: ModelVersion, what: string): Path => path`/models/${name}/versions/${version}/${what}`;

interface FormProps {
  version: ModelVersion;
  who: string;
}

/** Moves it to a stage, or asks for that. */
export function StageMenu({ version, who }: FormProps) {
  return (
    <Menu icon="swap" text="Stage">
      <form class="form" method="post" action={href(at(version, "stage"))}>
        <label>
          Move to
          <select name="stage">
            <StageOptions current={version.current_stage} />
          </select>
        </label>
        <label class="check start">
          <input type="checkbox" name="archive" value="1" />
          <span>Archive the versions that are there</span>
        </label>
        <Why who={who} />
        <Verbs verb="Move" />
      </form>
    </Menu>
  );
}

/** Gives it an alias, takes it there from another version, or asks for that. */
export function AliasMenu({ version, who }: FormProps) {
  return (
    <Menu icon="bookmark" text="Alias">
      <form class="form" method="post" action={href(at(version, "alias"))}>
        <label>
          Alias
          <input
            type="text"
            name="alias"
            required
            maxlength={255}
            autocomplete="off"
            placeholder="champion"
          />
        </label>
        <Why who={who} />
        <Verbs verb="Set" />
      </form>
    </Menu>
  );
}

function Verbs({ verb }: { verb: string }) {
  return (
    <div class="acts">
      <button type="submit" name="ask" value="1">Ask for approval</button>
      <button type="submit" class="pri">{verb}</button>
    </div>
  );
}

export function VersionMenu({ version, who }: FormProps) {
  return (
    <Menu icon="edit" text="Edit">
      <DescribeForm to={at(version, "describe")} text={version.description} who={who} />
      <hr />
      <form class="form" method="post" action={href(at(version, "delete"))}>
        <p class="mut wide">
          Deleting a version is for good: it goes with its tags and aliases. Its run and its files stay.
        </p>
        <label>
          Type {version.version} to confirm
          <input type="text" name="typed" required autocomplete="off" inputmode="numeric" />
        </label>
        <label>
          Why
          <input type="text" name="comment" maxlength={5000} autocomplete="off" dir="auto" />
        </label>
        <input type="hidden" name="who" value={who} />
        <div class="acts">
          <button type="submit" class="danger">
            <Icon name="delete" />Delete
          </button>
        </div>
      </form>
    </Menu>
  );
}

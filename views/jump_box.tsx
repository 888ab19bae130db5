import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";

/** The box of the page and of the dialog, which fetches the list as words are typed. */
export function JumpBox({ words = "" }: { words?: string }) {
  return (
    <label class="find">
      <Icon name="search" />
      <span class="sr">Name of an experiment, run, model or page</span>
      <input
        type="search"
        name="q"
        value={words}
        placeholder="An experiment, run, model or page"
        autocomplete="off"
        spellcheck={false}
        maxlength={200}
        autofocus
        hx-get={href(path`/jump`)}
        hx-trigger="input changed delay:100ms"
        {...{ "hx-target": "#places", "hx-select": "#places", "hx-swap": "outerHTML", "hx-sync": "this:replace" }}
      />
    </label>
  );
}

import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";
import { Panel } from "./parts.tsx";

/** A form that sends a project of the reader's own machine. */
export const UploadFields = ({ experiment_id }: { experiment_id: string }) => (
  <form
    class="form"
    method="post"
    action={href(path`/projects/uploads`)}
    enctype="multipart/form-data"
    hx-boost="false"
  >
    <Panel title="Or one of this machine">
      <HiddenFields query={{ experiment_id }} />
      <div class="fields">
        <label>
          A folder
          <input type="file" name="files" multiple {...{ webkitdirectory: true }} />
        </label>
        <label>
          A zip file
          <input type="file" name="zip" accept=".zip" />
        </label>
        <p class="w3 mut">
          100 MB at most. <code>.git</code>, caches and environments are left out.
        </p>
      </div>
      <div class="acts">
        <button type="submit">
          <Icon name="upload" />Upload
        </button>
      </div>
    </Panel>
  </form>
);

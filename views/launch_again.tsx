import type { ProjectSpec } from "../domain/jobs.ts";
import { withoutCredentials } from "../domain/projects/source.ts";
import { HiddenFields } from "./hidden_fields.tsx";
import { Icon } from "./icons.tsx";
import { href, path } from "./links.ts";

export interface LaunchAgainProps {
  spec: Pick<ProjectSpec, "uri" | "version">;
  /** Whose choices are taken. */
  from: { job: string } | { sweep: string };
  children: string;
}

/** A button that leads to the form that runs a project, filled in as it was. */
export function LaunchAgain({ spec: { uri, version }, from, children }: LaunchAgainProps) {
  return (
    <form method="post" action={href(path`/projects/looks`)}>
      <HiddenFields query={{ uri: withoutCredentials(uri), version, ...from }} />
      <button type="submit">
        <Icon name="copy" />
        {children}
      </button>
    </form>
  );
}

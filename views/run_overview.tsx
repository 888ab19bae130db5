import { ownTags, tagOf } from "../domain/compare.ts";
import { noteKey } from "../domain/names.ts";
import { Artifacts } from "./artifacts.tsx";
import { href, path } from "./links.ts";
import { Markdown } from "./markdown.tsx";
import { Icon } from "./icons.tsx";
import { TagsPanel } from "./pairs_panel.tsx";
import type { RunPageProps } from "./run.tsx";
import { About } from "./run_about.tsx";
import { CurveWall } from "./run_charts.tsx";
import { Family } from "./run_family.tsx";
import { LogEnd } from "./run_log.tsx";
import { DatasetTable, MetricTable, ParamTable } from "./run_tables.tsx";
import { Use } from "./run_use.tsx";

/** The first tab of a run: what it scored, was given and came from, and the ends of all else. */
export function RunOverview(props: RunPageProps) {
  const { view, run, metrics, charts, server, can_edit, log } = props;
  const active = run.info.lifecycle_stage === "active";
  return (
    <>
      <Description text={tagOf(run, noteKey) ?? ""} run_id={view.run_id} can_edit={can_edit && active} />
      <div class="r3">
        <About {...props} />
        <MetricTable
          view={view}
          metrics={metrics}
          charted={new Set(charts.map(({ metric }) => metric))}
          active={active}
          server={server}
        />
        <ParamTable view={view} run={run} />
      </div>
      <CurveWall {...props} />
      <div class="r2 wide">
        <div class="stack">
          <Artifacts view={view} active={active} server={server} {...props.artifacts} />
          {log && <LogEnd {...log} />}
        </div>
        <div class="stack">
          <TagsPanel tags={ownTags(run)} at={path`/runs/${view.run_id}/tags`} can_edit={can_edit && active} />
          <Family runs={props.family} />
          <DatasetTable run={run} />
          <Use run={run} server={server} model={props.model} />
        </div>
      </div>
    </>
  );
}

interface DescriptionProps {
  text: string;
  run_id: string;
  can_edit: boolean;
}

/** What people wrote of the run, in Markdown; it is edited where it stands. */
function Description({ text, run_id, can_edit }: DescriptionProps) {
  if (text === "" && !can_edit) return null;
  return (
    <section class={text === "" ? "about-text empty-text" : "pan about-text"} id="description">
      {can_edit && (
        <details>
          <summary class={text === "" ? "btn ghost" : "btn sq ghost"} aria-label="Edit the description" title="Edit">
            <Icon name="edit" />
            {text === "" && "Add a description"}
          </summary>
          <form class="form" method="post" action={href(path`/runs/${run_id}/describe`)}>
            <label>
              Description, in Markdown
              <textarea name="description" rows={Math.min(24, 4 + text.split("\n").length)} dir="auto">{text}</textarea>
            </label>
            <div class="acts">
              <button type="submit" class="pri">Save</button>
            </div>
          </form>
        </details>
      )}
      {text !== "" && <Markdown text={text} />}
    </section>
  );
}

import { href, path } from "./links.ts";
import { PageHead, Panel } from "./parts.tsx";
import { Times, type TimesProps } from "./schedule_parts.tsx";
import { Shell } from "./shell.tsx";

/** `/projects/schedules/times`: when a schedule would come, fetched as its fields change. */
export const ScheduleTimesPage = (props: TimesProps) => (
  <Shell title="When a schedule comes" current="projects">
    <PageHead crumbs={[{ text: "Projects", href: href(path`/projects`) }]} title="When a schedule comes" />
    <div class="page">
      <Panel title={`${props.cron}, ${props.time_zone || "UTC"}`}>
        <div class="fields">
          <Times {...props} />
        </div>
      </Panel>
    </div>
  </Shell>
);

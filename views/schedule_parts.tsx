import { cronWords } from "../domain/schedule_words.ts";
import type { Schedule } from "../domain/schedules.ts";
import { href, path } from "./links.ts";
import { Time } from "./parts.tsx";

export const scheduleHref = (schedule_id: string): string => href(path`/projects/schedules/${schedule_id}`);

type When = Pick<Schedule, "cron" | "time_zone">;

/** When it comes, in words where there are some, and by whose clock. */
export function whenText({ cron, time_zone }: When): string {
  return `${cronWords(cron) ?? cron}, ${time_zone}`;
}

/** The part of a page that says when a schedule would come. */
export const timesPart = "schedule-times";

export interface TimesProps extends When {
  /** ms since the epoch; undefined while there is no cron to look at. */
  times: readonly number[] | undefined;
  /** What is wrong with the cron or the time zone. */
  wrong: string | undefined;
}

/** The next times, told again as the fields change. */
export function Times({ cron, times, wrong }: TimesProps) {
  return (
    <div id={timesPart} class="w3 times" aria-live="polite">
      {wrong !== undefined && <p class="bad">{wrong}</p>}
      {times !== undefined && (
        <>
          <p>{wordsOf(cron)}</p>
          <NextTimes times={times} />
        </>
      )}
    </div>
  );
}

function wordsOf(cron: string): string {
  const words = cronWords(cron);
  return words === undefined ? "Next:" : `${words[0]?.toUpperCase()}${words.slice(1)}. Next:`;
}

export const NextTimes = ({ times }: { times: readonly number[] }) => (
  <ol class="next">
    {times.map((time) => (
      <li>
        <Time at={time} />
      </li>
    ))}
  </ol>
);

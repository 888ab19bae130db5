import { Cron } from "croner";
import { type ApiError, invalid } from "./errors.ts";
import type { AskedJob, NewJob } from "./jobs.ts";
import { asciiJson } from "./json.ts";
import { newJob } from "./projects/asked_job.ts";

/** Runs of a project that are asked for again and again. Times are milliseconds since the epoch. */

/** What becomes of a time that comes while a job of the schedule waits or runs: it is passed over, or one more job is queued. */
export const overlaps = ["skip", "queue"] as const;
export type Overlap = (typeof overlaps)[number];

/** What somebody decides of a schedule. */
export interface ScheduleTerms {
  name: string;
  /** What it asks for each time. */
  asked: AskedJob;
  experiment_id: string;
  /** Minute, hour, day of the month, month, weekday; or a word such as @daily. */
  cron: string;
  /** By whose clock, as IANA names it. */
  time_zone: string;
  overlap: Overlap;
  paused: boolean;
}

export interface Schedule extends ScheduleTerms {
  schedule_id: string;
  /** Absent while it is paused. */
  next_time?: number;
  /** When it asked last, whatever came of it. */
  last_time?: number;
  last_job_id?: string;
  /** When it passed a time over last. */
  skipped_time?: number;
  /** Why nothing came of asking, the last time. */
  last_error?: string;
  created_time: number;
  updated_time: number;
}

/** The tag of a run that holds the name of its schedule. */
export const scheduleTag = "weir.schedule";

/** What a schedule asks for when its time comes. Errors as those of `newJob`. */
export const scheduledJob = ({ name, asked }: Pick<Schedule, "name" | "asked">): NewJob =>
  newJob({ ...asked, tags: [...asked.tags, { key: scheduleTag, value: name }] });

/** Refuses terms that cannot be kept, before anything is written: INVALID_PARAMETER_VALUE names the field. */
export function checkTerms(terms: Omit<ScheduleTerms, "experiment_id">, now: number): void {
  scheduledJob(terms);
  nextTime(terms.cron, terms.time_zone, now);
}

/** As it is kept: one blank between the fields. */
export const plainCron = (cron: string): string => cron.trim().replace(/\s+/g, " ");

/** The first time after one that a schedule comes. INVALID_PARAMETER_VALUE for `cron` or `time_zone`, also where it never comes. */
export function nextTime(cron: string, time_zone: string, after: number): number {
  const [time] = nextTimes(cron, time_zone, after, 1);
  if (time === undefined) throw wrong("cron", cron, "it names a day that never comes");
  return time;
}

/**
 * The next times after one; fewer where no more come. A clock time that daylight saving time leaves out comes when the clocks have gone
 * forward, and one that it repeats comes once, but for schedules with `*` in minute or hour, which keep their pace.
 */
export function nextTimes(cron: string, time_zone: string, after: number, most: number): number[] {
  checkTimeZone(time_zone);
  return readCron(cron, time_zone).nextRuns(most, new Date(after)).map((time) => time.getTime());
}

/** Characters of a cron that anybody may mean. */
const longest = 200;
const expectedCron =
  "expected five fields, minute hour day month weekday, such as '0 3 * * *', or @hourly, @daily, @weekly, @monthly or @yearly";
/** croner itself would take dates and fields for seconds too, and `?` as `*`. */
const words = /^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/i;
const field = /^[\dA-Z*,/#+-]+$/i;

function readCron(cron: string, time_zone: string): Cron {
  const plain = cron.length > longest ? "" : plainCron(cron);
  const fields = plain.split(" ");
  if (!words.test(plain) && (fields.length !== 5 || !fields.every((one) => field.test(one)))) {
    throw wrong("cron", cron, expectedCron);
  }
  try {
    return new Cron(plain, { mode: "5-part", timezone: time_zone, fixedTimeRule: "no-wildcard" });
  } catch (error) {
    const why = error instanceof Error ? `: ${error.message.replace(/^CronPattern: /, "")}` : "";
    throw wrong("cron", cron, expectedCron + why);
  }
}

function checkTimeZone(time_zone: string): void {
  try {
    // Offsets such as +02:00 are none: nobody lives by them all year.
    if (!/^[A-Z]/i.test(time_zone)) throw new RangeError();
    new Intl.DateTimeFormat("en", { timeZone: time_zone });
  } catch {
    throw wrong("time_zone", time_zone, "expected the IANA name of a time zone, such as 'Europe/Berlin' or 'UTC'");
  }
}

const wrong = (name: "cron" | "time_zone", value: string, expected: string): ApiError =>
  invalid(`Invalid value ${asciiJson(value.slice(0, longest))} for parameter '${name}' supplied: ${expected}.`);

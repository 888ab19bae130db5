/** A place in a log as somebody types it. */
export type LogPlace = { line: number } | { time: number };

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * "12,406" is a line; "12:47", "12:47:02", "2026-11-22 12:47" and "2026-11-22" are moments of the reader's clock, which is `zone` minutes
 * ahead of UTC. A time of day is the first one after the log began (`start`, ms since the epoch). Undefined for anything else.
 */
export function parseLogPlace(text: string, start: number, zone: number): LogPlace | undefined {
  const digits = text.trim().replace(/[,_ ](?=\d{3}\b)/g, "").replace(/^(line|l|#)\s*/i, "");
  if (/^\d{1,15}$/.test(digits)) return { line: Math.max(1, Number(digits)) };
  const [, date, hours, minutes = "0", seconds = "0"] =
    /^(\d{4}-\d\d-\d\d)?(?:[ T]*(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d{1,3})?))?)?$/.exec(text.trim()) ?? [];
  if (date === undefined && hours === undefined) return undefined;
  const ofDay = (Number(hours ?? 0) * 60 + Number(minutes)) * minute + Number(seconds) * 1000;
  if (ofDay >= day) return undefined;
  if (date !== undefined) {
    const begins = Date.parse(`${date}T00:00:00Z`);
    return Number.isNaN(begins) ? undefined : { time: begins + ofDay - zone * minute };
  }
  const shifted = start + zone * minute;
  const today = shifted - (((shifted % day) + day) % day) + ofDay - zone * minute;
  // What was typed has no more than seconds, or minutes.
  return { time: today < start - minute ? today + day : today };
}

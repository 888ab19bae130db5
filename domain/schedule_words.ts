import { plainCron } from "./schedules.ts";

const daysOfWeek = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const shortDays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const nicknames: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** A cron as people say it: "every day at 03:00", "Monday to Friday at 09:30", "every 15 minutes"; undefined for one that takes more words. */
export function cronWords(cron: string): string | undefined {
  const plain = plainCron(cron).toLowerCase();
  const fields = (nicknames[plain] ?? plain).split(" ");
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  if (fields.length !== 5 || month !== "*" && !(day === "1" && month === "1")) return undefined;
  const time = timeOf(minute, hour);
  if (time === undefined) return day === "*" && month === "*" && weekday === "*" ? pace(minute, hour) : undefined;
  const days = daysWords(day, month, weekday);
  return days && `${days} at ${time}`;
}

const isNumber = (field: string): boolean => /^\d{1,2}$/.test(field);
const twoDigits = (field: string): string => field.padStart(2, "0");

function timeOf(minute: string, hour: string): string | undefined {
  return isNumber(minute) && isNumber(hour) ? `${twoDigits(hour)}:${twoDigits(minute)}` : undefined;
}

function pace(minute: string, hour: string): string | undefined {
  const [, minutes] = /^\*\/(\d+)$/.exec(minute) ?? [];
  const [, hours] = /^\*\/(\d+)$/.exec(hour) ?? [];
  if (hour === "*") {
    if (minute === "*") return "every minute";
    // Where the hour is no multiple, the last pause is shorter.
    if (minutes !== undefined && 60 % Number(minutes) === 0) {
      return minutes === "1" ? "every minute" : `every ${minutes} minutes`;
    }
    return isNumber(minute) ? `every hour at :${twoDigits(minute)}` : undefined;
  }
  if (hours === undefined || !isNumber(minute) || 24 % Number(hours) !== 0) return undefined;
  return `${hours === "1" ? "every hour" : `every ${hours} hours`} at :${twoDigits(minute)}`;
}

function daysWords(day: string, month: string, weekday: string): string | undefined {
  if (month !== "*") return weekday === "*" ? "every year on January 1" : undefined;
  if (day === "*" && weekday === "*") return "every day";
  if (weekday === "*") return isNumber(day) ? `on day ${Number(day)} of every month` : undefined;
  return day === "*" ? weekdaysWords(weekday) : undefined;
}

function weekdaysWords(weekday: string): string | undefined {
  const [first, last, ...more] = weekday.split("-").map(dayName);
  if (first !== undefined && weekday.indexOf("-") < 0) return `every ${first}`;
  if (first !== undefined && last !== undefined && more.length === 0) return `${first} to ${last}`;
  const names = weekday.split(",").map(dayName).filter((name) => name !== undefined);
  if (names.length < 2 || names.length !== weekday.split(",").length) return undefined;
  return `every ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function dayName(field: string): string | undefined {
  const short = shortDays.indexOf(field);
  return short >= 0 ? daysOfWeek[short] : /^[0-7]$/.test(field) ? daysOfWeek[Number(field)] : undefined;
}

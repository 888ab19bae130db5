/** Values of a Parquet file as the cells of a table show them. */

/** What the schema says of a column, as far as it matters here. */
export interface ColumnElement {
  type?: string | undefined;
  repetition_type?: string | undefined;
  num_children?: number | undefined;
  converted_type?: string | undefined;
  scale?: number | undefined;
  logical_type?:
    | { type: string; scale?: number; bitWidth?: number; isSigned?: boolean; unit?: string }
    | undefined;
}

/** Characters of a cell that are kept, and bytes of a value that is none. */
const longestCell = 500;
const longestBytes = 32;

/** Moments with all their digits, without a zone: the file does not say which. */
export const exactParsers = {
  timestampFromMilliseconds: (value: bigint): string => moment(value, 3),
  timestampFromMicroseconds: (value: bigint): string => moment(value, 6),
  timestampFromNanoseconds: (value: bigint): string => moment(value, 9),
  dateFromDays: (days: number): string => moment(BigInt(days) * 86_400n, 0).slice(0, -" 00:00:00".length),
};

/** "2026-11-23 09:14:05.000001", from a number of units of ten to the power of minus `digits` seconds since the epoch. */
function moment(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const part = ((value % unit) + unit) % unit;
  const date = new Date(Number((value - part) / unit) * 1000);
  if (Number.isNaN(date.getTime())) return String(value);
  const fraction = part === 0n ? "" : `.${String(part).padStart(digits, "0")}`;
  return date.toISOString().slice(0, -".000Z".length).replace("T", " ") + fraction;
}

/** A value as a cell. */
export function cellText(value: unknown, element: ColumnElement = {}): string {
  if (value === null || value === undefined) return "";
  if (element.logical_type?.type === "TIME") return timeText(value, element.logical_type.unit);
  if (typeof value === "number") return numberText(value, element);
  if (typeof value !== "object") return String(value).slice(0, longestCell);
  if (value instanceof Uint8Array) return bytesText(value);
  return JSON.stringify(value, plain)?.slice(0, longestCell) ?? "";
}

/** The time of a day. */
function timeText(value: unknown, unit = ""): string {
  const digits = { MILLIS: 3, MICROS: 6, NANOS: 9 }[unit];
  const whole = typeof value === "bigint" || typeof value === "number" && Number.isSafeInteger(value);
  return whole && digits !== undefined ? moment(BigInt(value), digits).slice("1970-01-01 ".length) : String(value);
}

function numberText(value: number, { type, converted_type, scale, logical_type }: ColumnElement): string {
  if (converted_type === "DECIMAL" || logical_type?.type === "DECIMAL") {
    const digits = logical_type?.scale ?? scale ?? 0;
    // From here on the value has lost digits.
    return Math.abs(value) * 10 ** digits < 2 ** 53 ? value.toFixed(Math.min(digits, 100)) : `about ${value}`;
  }
  if (type !== "FLOAT" || !Number.isFinite(value)) return String(value);
  // The shortest that is this value in 32 bits: 0.1, not 0.10000000149011612.
  const texts = [6, 7, 8].map((digits) => Number(value.toPrecision(digits)));
  return String(texts.find((shorter) => Math.fround(shorter) === value) ?? value);
}

/** Text, as old writers leave unmarked, or else the first bytes. */
function bytesText(value: Uint8Array): string {
  const text = utf8(value.subarray(0, 4 * longestCell));
  if (text !== undefined && !/[^\P{Cc}\s]/u.test(text) && (text === "" || text.trim() !== "")) {
    return text.slice(0, longestCell);
  }
  return `0x${value.subarray(0, longestBytes).toHex()}${
    value.length > longestBytes ? `… (${value.length} bytes)` : ""
  }`;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

/** For JSON, which has neither large integers nor bytes nor NaN; the arrays of typed numbers are arrays. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return bytesText(value);
  if (ArrayBuffer.isView(value)) return Object.values(value);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

const physical: Readonly<Record<string, string>> = {
  BOOLEAN: "bool",
  INT32: "int32",
  INT64: "int64",
  INT96: "timestamp",
  FLOAT: "float",
  DOUBLE: "double",
  BYTE_ARRAY: "binary",
  FIXED_LEN_BYTE_ARRAY: "binary",
};

const logical: Readonly<Record<string, string>> = { UTF8: "string", MAP_KEY_VALUE: "map", FLOAT16: "float16" };

/** "int64", "string", "list". */
export function typeName({ type, converted_type, logical_type, num_children, repetition_type }: ColumnElement): string {
  const kind = logical_type?.type ?? converted_type;
  if (kind === "INTEGER" && logical_type) return `${logical_type.isSigned ? "" : "u"}int${logical_type.bitWidth ?? ""}`;
  if (kind !== undefined) {
    return logical[kind] ?? kind.toLowerCase().replace(/^(timestamp|time)_.*/, "$1").replace(/^(u?int)_/, "$1");
  }
  if (num_children !== undefined && num_children > 0) return "struct";
  const name = physical[type ?? ""] ?? "";
  return repetition_type === "REPEATED" ? `list of ${name}` : name;
}

/**
 * JSON as Python's `json.dumps` writes it: a space after each comma and colon, and nothing but ASCII. A webhook's signature is
 * over these bytes, and receivers that write the JSON anew before they check it get the same.
 */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${fields.map(([key, field]) => `${pythonJson(key)}: ${pythonJson(field)}`).join(", ")}}`;
  }
  return (JSON.stringify(value) ?? "null").replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;
const form = /^(?=.)(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?$/;

/** Milliseconds of a span as MLflow's commands write it: days, hours, minutes, seconds in this order, such as "1d12h"; undefined for what is none. */
export function parseTimeSpan(text: string): number | undefined {
  const [, d = "0", h = "0", m = "0", s = "0"] = form.exec(text) ?? [];
  const found = form.test(text);
  return found
    ? Math.round(Number(d) * units.d + Number(h) * units.h + Number(m) * units.m + Number(s) * units.s)
    : undefined;
}

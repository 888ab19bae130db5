import type { KeyValue } from "./entities.ts";
import { invalid } from "./errors.ts";
import { checkKey, limits, truncate } from "./names.ts";

/** Most entries of a batch, by MLflow's rules. */
const most = { metrics: 1000, params: 100, tags: 100, all: 1000 };

export interface Batch {
  run_id: string;
  metrics: readonly unknown[];
  params: readonly KeyValue[];
  tags: readonly KeyValue[];
}

/** Refuses a batch that is too large, repeats a param or has a run id that no run can have. */
export function checkBatch({ run_id, metrics, params, tags }: Batch): void {
  if (!/^[a-zA-Z0-9][\w-]{0,255}$/.test(run_id)) {
    throw invalid(`Invalid value ${JSON.stringify(run_id)} for parameter 'run_id' supplied.`);
  }
  checkCount("metrics", metrics.length, most.metrics);
  checkCount("params", params.length, most.params);
  checkCount("tags", tags.length, most.tags);
  checkCount("metrics, params, and tags", metrics.length + params.length + tags.length, most.all);
  const keys = params.map((param) => param.key);
  const repeated = [...new Set(keys.filter((key, i) => keys.indexOf(key) !== i))];
  if (repeated.length > 0) {
    throw invalid(
      `Duplicate parameter keys have been submitted: [${repeated.map((key) => `'${key}'`).join(", ")}]. ` +
        "Please ensure the request contains only one param value per param key.",
    );
  }
}

function checkCount(noun: string, count: number, limit: number): void {
  if (count <= limit) return;
  throw invalid(
    `A batch logging request can contain at most ${limit} ${noun}. Got ${count} ${noun}. ` +
      `Please split up ${noun} across multiple requests and try again.`,
  );
}

/** The params of a batch as they are stored. */
export const storedParams = (params: readonly KeyValue[]): KeyValue[] =>
  params.map(({ key, value }, i) => {
    checkKey(key, `params[${i}].key`, "Param key");
    return { key, value: truncate(value, limits.paramValue) };
  });

/** The tags of a batch as they are stored. */
export const storedTags = (tags: readonly KeyValue[]): KeyValue[] =>
  tags.map(({ key, value }, i) => {
    checkKey(key, `tags[${i}].key`, `tags[${i}].key`);
    return { key, value: truncate(value, limits.runTagValue) };
  });

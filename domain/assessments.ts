/** What people, judges and code say of traces. */

export const assessmentKinds = ["feedback", "expectation", "issue"] as const;
export type AssessmentKind = (typeof assessmentKinds)[number];

export const sourceTypes = ["SOURCE_TYPE_UNSPECIFIED", "HUMAN", "LLM_JUDGE", "CODE"] as const;
export type SourceType = (typeof sourceTypes)[number];

/** Why there is no value. */
export interface AssessmentError {
  error_code?: string;
  error_message?: string;
  stack_trace?: string;
}

/** What is said, with `value` as JSON text, so that numbers keep their digits. The value of an issue is its name. */
export interface Said {
  kind: AssessmentKind;
  value: string;
  error: AssessmentError | null;
}

/** An assessment that is to be stored. */
export interface NewAssessment extends Said {
  /** Made up where the client does not say. */
  assessment_id: string | undefined;
  span_id: string | null;
  name: string;
  source_type: SourceType;
  /** Empty where nobody is named. */
  source_id: string;
  rationale: string | null;
  metadata: Readonly<Record<string, string>> | null;
  /** The assessment of the same trace that this one stands in for, which then is no longer valid. */
  overrides: string | null;
  /** Milliseconds since the epoch. */
  create_time: number | undefined;
}

/** An assessment as it is stored. Times in milliseconds since the epoch. */
export interface Assessment extends NewAssessment {
  assessment_id: string;
  trace_id: string;
  valid: boolean;
  create_time: number;
  last_update_time: number;
}

/** What is to change of an assessment; what is undefined stays. */
export interface AssessmentChange {
  name?: string | undefined;
  said?: Said | undefined;
  rationale?: string | undefined;
  /** Joins what is there. */
  metadata?: Readonly<Record<string, string>> | undefined;
}

/** Protobuf's own limit. */
const deepest = 100;

/** Whether Postgres can hold a JSON value, and every client read it. */
export function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth >= deepest) return false;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item, depth + 1));
}

/** 32 hexadecimal characters, as MLflow names runs. */
export const newRunId = (): string => crypto.randomUUID().replaceAll("-", "");

/** `m-` and 32 hexadecimal characters, as MLflow names logged models. */
export const newModelId = (): string => `m-${newRunId()}`;

/** `a-` and 32 hexadecimal characters, as MLflow names assessments. */
export const newAssessmentId = (): string => `a-${newRunId()}`;

// deno-lint-ignore-file
export const searchExperiments = async (_sql: unknown, _query: unknown): Promise<any> => ({ models: [] });

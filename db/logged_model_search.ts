// deno-lint-ignore-file
export const searchLoggedModels = async (_sql: unknown, _query: unknown): Promise<any> => ({ models: [] });

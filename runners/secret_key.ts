import { ownSecret } from "./secret_file.ts";

/** The key in the folder of Weir's own data, made when there is none. Undefined where nothing can be written. */
export const ownSecretKey = (dataDir: string): Promise<string | undefined> => ownSecret(dataDir, "secret.key");

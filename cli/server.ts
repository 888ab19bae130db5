import { Option } from "commander";
import { z } from "zod";

/** What a verb cannot do, in one sentence for whoever typed it. */
export class Refused extends Error {}

/** Which server a verb is for. */
export const trackingUri = (): Option =>
  new Option("--tracking-uri <url>", "the address of the server")
    .env("MLFLOW_TRACKING_URI").default("http://localhost:5000");

/** Does what asks a server. Throws a Refused where there is none. */
export async function reached<T>(server: string, asking: () => Promise<T>): Promise<T> {
  if (!/^https?:\/\//i.test(server)) {
    throw new Refused(`${server} is no address of a server: it must begin with http://`);
  }
  return await asking().catch((error) => {
    // That is what fetch throws where it cannot connect.
    if (!(error instanceof TypeError)) throw error;
    throw new Refused(`There is no answer from ${server}: ${error.message}`);
  });
}

/** Sends a request to a server and answers its response. Throws a Refused where there is none, or one that says no. */
export async function ask(server: string, path: string, init: RequestInit = {}): Promise<Response> {
  const response = await reached(server, () => fetch(server.replace(/\/+$/, "") + path, init));
  if (response.ok) return response;
  throw new Refused(`${server} refused: ${messageIn(await response.text())}`);
}

const Message = z.object({ message: z.string() });

function messageIn(text: string): string {
  try {
    return Message.parse(JSON.parse(text)).message;
  } catch {
    return text.slice(0, 1000);
  }
}

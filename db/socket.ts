import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";

/** Where a database is, and how it is to be spoken to there. */
export interface Place {
  host: string;
  port: number;
  /** Of a Unix socket, in place of host and port. */
  path?: string | undefined;
  /** Of a URL: `disable`, `allow`, `prefer`, `require`, `verify-ca`, `verify-full`. */
  sslmode?: string | undefined;
}

/** Milliseconds in which a database has to answer. */
const patience = 10_000;

/**
 * Connects to a database. Whoever gets the socket never hears that it was lost, only that what is written on it fails: postgres.js
 * (3.4.9) would connect again and go on with what it had half written, or end the process
 * (https://github.com/porsager/postgres/issues/1208, https://github.com/porsager/postgres/pull/1215). `lost` hears it instead.
 */
export async function databaseSocket(place: Place, lost: () => void): Promise<Socket> {
  const signal = AbortSignal.timeout(patience);
  const plain = place.path ? connect(place.path) : connect(place.port, place.host);
  await once(plain, "connect", { signal }).catch(failed(plain));
  const socket = place.sslmode && place.sslmode !== "disable" ? await secure(plain, place, signal) : plain;
  return neverClosing(socket, lost);
}


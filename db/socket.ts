import { EventEmitter, once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";

/** Where a database is. */
export interface Place {
  host: string;
  port: number;
  /** Of a Unix socket, in place of host and port. */
  path?: string | undefined;
  /** How far the connection is to be secured: the `sslmode` of a URL. */
  sslmode: string;
  /** Milliseconds in which it has to say something to what it is told; then the connection counts as lost. */
  silence: number;
}

/** Milliseconds in which a database has to take a connection. */
const patience = 10_000;
/** Milliseconds in which the work of a connection that was lost comes to its end: a turn of the event loop or two. */
const aftermath = 100;
/** The first message on a connection that is to be secured: https://www.postgresql.org/docs/18/protocol-message-formats.html */
const sslRequest = new Uint8Array([0, 0, 0, 8, 4, 210, 22, 47]);

/** Connects to a database. `onGone` is told once that there is no connection, and whether it was lost: not ended by us. */
export async function openSocket(place: Place, onGone: (lost: boolean) => void): Promise<DatabaseSocket> {
  try {
    return new DatabaseSocket(await connected(place), place.silence, onGone);
  } catch (error) {
    onGone(true);
    throw error;
  }
}

async function connected({ host, port, path, sslmode }: Place): Promise<Socket> {
  const socket = path ? connect(path) : connect(port, host);
  const tooLong = setTimeout(
    () => socket.destroy(failure("CONNECT_TIMEOUT", "The database did not take the connection in time.")),
    patience,
  );
  const hangUp = () => socket.emit("error", failure("CONNECTION_CLOSED", "The database closed the connection."));
  socket.once("close", hangUp);
  try {
    await once(socket, "connect");
    return /^(disable|false)$/.test(sslmode) ? socket : await secured(socket, host, sslmode);
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(tooLong);
    socket.off("close", hangUp);
  }
}

async function secured(socket: Socket, host: string, sslmode: string): Promise<Socket> {
  socket.write(sslRequest);
  const [answer] = await once(socket, "data");
  // Alone: what comes with it was said before anything is secured.
  const takesTls = answer instanceof Uint8Array && answer.length === 1 && answer[0] === "S".charCodeAt(0);
  if (!takesTls && /^(allow|prefer)$/.test(sslmode)) return socket;
  if (!takesTls) throw failure("ECONNRESET", "The database does not take TLS.");
  const rejectUnauthorized = !/^(allow|prefer|require)$/.test(sslmode);
  const secure = connectSecurely({ socket, rejectUnauthorized, ...(isIP(host) ? {} : { servername: host }) });
  await once(secure, "secureConnect");
  return secure;
}

/**
 * A connection as postgres.js sees it. When it is lost, what is under way fails at once, and so does whatever is still written; but
 * of its end postgres.js hears only when all of that is over. Otherwise (3.4.9) what a transaction writes in between, its rollback
 * at least, would end the process, or make the connection wait for itself once it is mended:
 * https://github.com/porsager/postgres/pull/1209, https://github.com/porsager/postgres/pull/1215.
 */
class DatabaseSocket extends EventEmitter {
  #lost: Error | undefined;
  #ended = false;
  #unanswered: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly socket: Socket, readonly silence: number, onGone: (lost: boolean) => void) {
    super();
    socket.on("data", (bytes) => {
      this.#heard();
      this.emit("data", bytes);
    });
    socket.on("drain", () => this.emit("drain"));
    socket.on("error", (error) => this.#fail(error));
    socket.once("close", () => {
      this.#heard();
      onGone(!this.#ended);
      if (this.#ended) return this.emit("close", false);
      this.#fail(failure("CONNECTION_CLOSED", "The database closed the connection."));
      setTimeout(() => this.emit("close", false), aftermath);
    });
  }

  get readyState(): string {
    return this.socket.readyState;
  }

  write(bytes: Uint8Array): boolean {
    const lost = this.#lost;
    if (lost === undefined) {
      this.#unanswered ??= setTimeout(() => this.#giveUp(), this.silence);
      return this.socket.write(bytes);
    }
    // Once postgres.js has noted that it wrote.
    queueMicrotask(() => this.#fail(lost));
    return true;
  }

  end(bytes: Uint8Array): void {
    this.#ended = true;
    this.socket.end(bytes);
  }

  destroy(): void {
    this.socket.destroy();
  }

  setKeepAlive(on: boolean, milliseconds: number): void {
    this.socket.setKeepAlive(on, milliseconds);
  }

  #heard(): void {
    clearTimeout(this.#unanswered);
    this.#unanswered = undefined;
  }

  #giveUp(): void {
    this.socket.destroy(failure("CONNECT_TIMEOUT", "The database does not answer."));
  }

  #fail(error: Error): void {
    this.#lost ??= error;
    if (this.listenerCount("error") > 0) this.emit("error", this.#lost);
  }
}

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });

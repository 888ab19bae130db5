import { EventEmitter, once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";

/** Where a database is, and on what terms it is spoken to. */
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

/** The first message on a connection that is to be secured: https://www.postgresql.org/docs/18/protocol-message-formats.html */
const sslRequest = new Uint8Array([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * A connection as postgres.js sees it, open from the start: what is written early waits until it is connected and secured. When it
 * is lost, what is under way fails at once, and so does whatever is written later; but that it has closed, postgres.js hears only
 * when it does without the connection (`close`). Otherwise (3.4.9) it would make the connection anew, over and over where connections
 * are taken and broken off, and what a transaction still writes, its rollback at least, would end the process, or make the new
 * connection wait for itself:
 * https://github.com/porsager/postgres/pull/1209, https://github.com/porsager/postgres/pull/1215.
 */
export class DatabaseSocket extends EventEmitter {
  /** The bare connection. Its end is the end of all. */
  readonly #bare: Socket;
  /** What carries the messages, once there is something that can. */
  #carrier: Socket | undefined;
  #early: Uint8Array[] = [];
  #lost: Error | undefined;
  #ended = false;
  #unanswered: ReturnType<typeof setTimeout> | undefined;

  /** `onLost` is told when the connection could not be made, or ends without our doing. */
  constructor(readonly place: Place, onLost: () => void) {
    super();
    const bare = this.#bare = place.path ? connect(place.path) : connect(place.port, place.host);
    bare.on("error", (error) => this.#fail(error));
    // After the reason, which is told a little later where TLS has failed.
    bare.once("close", () => setImmediate(() => this.#gone(onLost)));
    this.#open().catch((error) => {
      this.#fail(error);
      bare.destroy();
    });
  }

  get readyState(): string {
    return this.#bare.readyState;
  }

  write(bytes: Uint8Array): boolean {
    const lost = this.#lost;
    if (lost === undefined) {
      if (this.#carrier) return this.#send(this.#carrier, bytes);
      this.#early.push(bytes);
      return true;
    }
    // Once postgres.js has noted that it wrote.
    queueMicrotask(() => this.#fail(lost));
    return true;
  }

  end(bytes: Uint8Array): void {
    this.#ended = true;
    (this.#carrier ?? this.#bare).end(bytes);
  }

  destroy(): void {
    this.#bare.destroy();
  }

  get isLost(): boolean {
    return this.#lost !== undefined;
  }

  /** Tells postgres.js, once, that the connection has closed. */
  close(): void {
    this.emit("close", false);
    this.removeAllListeners("close");
  }

  setKeepAlive(on: boolean, milliseconds: number): void {
    this.#bare.setKeepAlive(on, milliseconds);
  }

  async #open(): Promise<void> {
    await once(this.#bare, "connect");
    const carrier = /^(disable|false)$/.test(this.place.sslmode) ? this.#bare : await secured(this.#bare, this.place);
    carrier.on("data", (bytes) => {
      this.#heard();
      this.emit("data", bytes);
    });
    carrier.on("drain", () => this.emit("drain"));
    this.#carrier = carrier;
    // postgres.js has given it up in the meantime.
    if (this.listenerCount("data") === 0) this.destroy();
    for (const bytes of this.#early.splice(0)) this.#send(carrier, bytes);
  }

  #gone(onLost: () => void): void {
    this.#heard();
    if (this.#ended) return this.close();
    this.#fail(failure("CONNECTION_CLOSED", "The database closed the connection."));
    // What was never made has nothing under way, and the next query may try again.
    if (!this.#carrier) this.close();
    onLost();
  }

  #send(carrier: Socket, bytes: Uint8Array): boolean {
    this.#unanswered ??= setTimeout(() => this.#giveUp(), this.place.silence);
    return carrier.write(bytes);
  }

  #heard(): void {
    clearTimeout(this.#unanswered);
    this.#unanswered = undefined;
  }

  #giveUp(): void {
    this.#bare.destroy(failure("CONNECT_TIMEOUT", "The database does not answer."));
  }

  #fail(error: Error): void {
    this.#lost ??= error;
    if (this.listenerCount("error") > 0) this.emit("error", this.#lost);
  }
}

async function secured(bare: Socket, { host, sslmode }: Place): Promise<Socket> {
  bare.write(sslRequest);
  const [answer] = await once(bare, "data");
  // Alone: what comes with it was said before anything is secured.
  const takesTls = answer instanceof Uint8Array && answer.length === 1 && answer[0] === "S".charCodeAt(0);
  if (!takesTls && /^(allow|prefer)$/.test(sslmode)) return bare;
  if (!takesTls) throw failure("ECONNRESET", "The database does not take TLS.");
  const rejectUnauthorized = !/^(allow|prefer|require)$/.test(sslmode);
  const secure = connectSecurely({ socket: bare, rejectUnauthorized, ...(isIP(host) ? {} : { servername: host }) });
  secure.on("error", (error) => bare.destroy(error));
  await once(secure, "secureConnect");
  return secure;
}

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code });

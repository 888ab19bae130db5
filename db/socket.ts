import { connect, type Socket } from "node:net";

/** What postgres.js makes of the address of a database. */
interface Address {
  host: string[];
  port: number[];
  /** Of a Unix socket. */
  path?: string | false;
}

/**
 * Opens the connections of postgres.js so that it hears of each that ends before it was ready. Left to itself, it connects anew
 * without end and without a pause (3.4.9, src/connection.js, `closed`) where a tunnel or a proxy accepts connections for a
 * database that is away, and the queries wait for ever.
 */
export function databaseSocket(): (address: Address) => Socket {
  let turn = 0;
  return ({ host, port, path }) => {
    const at = turn++ % host.length;
    const socket = path ? connect(path) : connect(port[at] ?? 5432, host[at] ?? "localhost");
    socket.once("close", (failed) => {
      if (!failed) {
        socket.emit(
          "error",
          Object.assign(new Error("The database closed the connection."), { code: "CONNECTION_CLOSED" }),
        );
      }
    });
    // By this name it checks the certificate.
    return Object.assign(socket, { host: host[at] });
  };
}

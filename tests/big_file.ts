/** Files that are too big to be held, with a fingerprint instead. */
import { createHash, randomBytes } from "node:crypto";

const megabyte = 1_000_000;
const noise = randomBytes(megabyte);

/** A megabyte that differs from every other of the file. */
function part(number: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(noise);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/** Sends a file of so many megabytes as MLflow's client does, with its size. Answers the status and the file's fingerprint. */
export async function sendBigFile(url: string, megabytes: number): Promise<{ status: number; sha256: string }> {
  const { hostname, port, host, pathname } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const size = `content-length: ${megabytes * megabyte}`;
  const send = async (bytes: Uint8Array): Promise<void> => {
    const sent = await connection.write(bytes);
    if (sent < bytes.byteLength) await send(bytes.subarray(sent));
  };
  await send(
    new TextEncoder().encode(`PUT ${pathname} HTTP/1.1\r\nhost: ${host}\r\n${size}\r\nconnection: close\r\n\r\n`),
  );
  const hash = createHash("sha256");
  for (let number = 0; number < megabytes; number++) {
    const bytes = part(number);
    hash.update(bytes);
    await send(bytes);
  }
  const answer = new Uint8Array(1024);
  const length = await connection.read(answer) ?? 0;
  return {
    status: Number(new TextDecoder().decode(answer.subarray(0, length)).split(" ")[1]),
    sha256: hash.digest("hex"),
  };
}

/** The fingerprint of what an address answers. */
export async function fingerprint(url: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of (await fetch(url)).body ?? []) hash.update(bytes);
  return hash.digest("hex");
}

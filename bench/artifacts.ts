/** Files by way of Weir against the same client going straight to the same S3 server with signed URLs. */
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { s3Settings } from "../tests/server/s3_settings.ts";
import { type S3Server, startVersitygw, versitygw, versitygwIsMissing } from "../tests/tools.ts";
import { median } from "./http.ts";
import { type Database, startWeir } from "./servers.ts";

const rounds = 5;
const megabyte = 1_000_000;
const megabytes = 500;
const smallFiles = 1000;
const atOnce = 8;

/** A way to the store: the address of a file under a name. */
type Way = (method: "PUT" | "GET", name: string) => Promise<string>;

/** A line for each kind of transfer, with the part of the direct rate that the way through Weir has. */
export async function* measureArtifacts(database: Database): AsyncGenerator<string> {
  if (await versitygw() === undefined) return yield `Artifacts are not measured. ${versitygwIsMissing}`;
  await using s3 = await startVersitygw();
  const weir = await startWeir(database, "weir_bench_artifacts", s3Settings(s3));
  const straight = signed(s3);
  const through: Way = (_, name) => Promise.resolve(`${weir.address}/api/2.0/mlflow-artifacts/artifacts/0/r/${name}`);
  try {
    yield await compared(`${megabytes} MB up`, "MB/s", straight, through, (way) => sendBig(way));
    yield await compared(`${megabytes} MB down`, "MB/s", straight, through, (way) => fetchBig(way));
    yield await compared(
      `${smallFiles} files of 4 KB up, ${atOnce} at once`,
      "files/s",
      straight,
      through,
      (way, round) => smallOnes(way, "PUT", `${round}`),
    );
    yield await compared(
      `${smallFiles} files of 4 KB down, ${atOnce} at once`,
      "files/s",
      straight,
      through,
      (way, round) => smallOnes(way, "GET", `${round}`),
    );
  } finally {
    await weir.stop();
  }
}

/** In turn, and the first round, in which everything warms up, does not count. */
async function compared(
  name: string,
  unit: string,
  straight: Way,
  through: Way,
  rate: (way: Way, round: number) => Promise<number>,
): Promise<string> {
  const rates: { straight: number; through: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    rates.push({ straight: await rate(straight, round), through: await rate(through, round) });
  }
  const counted = rates.slice(1);
  const [direct, ours] = [
    median(counted.map(({ straight }) => straight)),
    median(counted.map(({ through }) => through)),
  ];
  const ratio = median(counted.map(({ straight, through }) => through / straight));
  return `artifacts, ${name}: Weir ${Math.round(ours)} ${unit}, straight to the store ${Math.round(direct)}: ${
    ratio.toFixed(2)
  } of it`;
}

function signed(s3: S3Server): Way {
  const client = new S3Client({ ...s3, forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" });
  return (method, name) => {
    const object = { Bucket: s3.bucket, Key: `straight/${name}` };
    return getSignedUrl(client, method === "PUT" ? new PutObjectCommand(object) : new GetObjectCommand(object));
  };
}

const noise = crypto.getRandomValues(new Uint8Array(65_536));
const block = new Uint8Array(megabyte).map((_, i) => noise[(i * 7) % noise.length] ?? 0);

/** Megabytes in a second. */
async function sendBig(way: Way): Promise<number> {
  const url = new URL(await way("PUT", "big.bin"));
  return await timed(async () => {
    using connection = await ask(url, "PUT", `content-length: ${megabytes * megabyte}\r\n`);
    for (let sent = 0; sent < megabytes; sent++) await writeAll(connection, block);
    const answer = new Uint8Array(1024);
    const head = new TextDecoder().decode(answer.subarray(0, await connection.read(answer) ?? 0));
    if (!head.startsWith("HTTP/1.1 200")) throw new Error(head);
  });
}

/** Megabytes in a second. */
async function fetchBig(way: Way): Promise<number> {
  const url = new URL(await way("GET", "big.bin"));
  return await timed(async () => {
    using connection = await ask(url, "GET");
    const bytes = new Uint8Array(512 * 1024);
    let got = 0;
    for (let read = await connection.read(bytes); read !== null; read = await connection.read(bytes)) got += read;
    if (got < megabytes * megabyte) throw new Error(`Only ${got} bytes came.`);
  });
}

async function timed(transfer: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await transfer();
  return megabytes / ((performance.now() - start) / 1000);
}

async function ask(url: URL, method: string, headers = ""): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
  const head =
    `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n${headers}connection: close\r\n\r\n`;
  await writeAll(connection, new TextEncoder().encode(head));
  return connection;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.byteLength;) sent += await connection.write(bytes.subarray(sent));
}

/** Files in a second. */
async function smallOnes(way: Way, method: "PUT" | "GET", folder: string): Promise<number> {
  const names = Array.from({ length: smallFiles }, (_, i) => `${folder}/${i}.txt`);
  const urls = await Promise.all(names.map(async (name) => new URL(await way(method, name))));
  const left = urls.values();
  const content = method === "PUT" ? "x".repeat(4096) : undefined;
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const url of left) await moveSmall(url, method, content);
  }));
  return smallFiles / ((performance.now() - start) / 1000);
}

/** On a connection that `fetch` keeps: the gateway closes those that others keep. */
async function moveSmall(url: URL, method: "PUT" | "GET", content?: string): Promise<void> {
  const answer = await fetch(url, { method, ...(content !== undefined && { body: content }) });
  const { byteLength } = await answer.arrayBuffer();
  if (answer.status !== 200 || (method === "GET" && byteLength !== 4096)) {
    throw new Error(`${method}: ${answer.status}`);
  }
}

/** Files by way of Weir against the same client, MLflow's own, going straight to the same S3 server. */
import { s3Settings } from "../tests/server/s3_settings.ts";
import { startVersitygw, versitygw, versitygwIsMissing } from "../tests/tools.ts";
import { median } from "./http.ts";
import { type Database, findPython, startWeir } from "./servers.ts";

/** Rates by way; bytes in MB/s, small files in files/s. */
type Round = Record<"through" | "straight", Record<keyof typeof transfers, number>>;

const transfers = {
  up: ["500 MB up", "MB/s", " (wanted: 0.8)"],
  down: ["500 MB down", "MB/s", " (wanted: 0.8)"],
  small_up: ["1,000 files of 4 KB up", "files/s", ""],
  small_down: ["1,000 files of 4 KB down", "files/s", ""],
} as const;

/** A line for each kind of transfer, with the part of the direct rate that the way through Weir has. */
export async function* measureArtifacts(database: Database): AsyncGenerator<string> {
  const python = await findPython();
  if (python === undefined) return yield "Artifacts are not measured: no Python here has mlflow and boto3.";
  if (await versitygw() === undefined) return yield `Artifacts are not measured. ${versitygwIsMissing}`;
  await using s3 = await startVersitygw();
  const { ARTIFACT_ROOT, ...keys } = s3Settings(s3);
  const weir = await startWeir(database, "weir_bench_artifacts", { ARTIFACT_ROOT: ARTIFACT_ROOT ?? "", ...keys });
  try {
    const script = new URL("artifacts.py", import.meta.url).pathname;
    const { stdout, success } = await new Deno.Command(python, {
      args: [script, weir.address, s3.bucket],
      env: keys,
    }).output();
    if (!success) return yield "Artifacts could not be measured.";
    const lines = new TextDecoder().decode(stdout).trim().split("\n").filter((line) => line.startsWith("{"));
    // In the first round everything warms up.
    const rounds = lines.slice(1).map((line): Round => JSON.parse(line));
    for (const kind of ["up", "down", "small_up", "small_down"] as const) yield compared(kind, rounds);
  } finally {
    await weir.stop();
  }
}

function compared(kind: keyof typeof transfers, rounds: readonly Round[]): string {
  const [name, unit, wanted] = transfers[kind];
  const ours = median(rounds.map(({ through }) => through[kind]));
  const direct = median(rounds.map(({ straight }) => straight[kind]));
  const part = median(rounds.map(({ through, straight }) => through[kind] / straight[kind])).toFixed(2);
  return `artifacts, ${name}: Weir ${Math.round(ours)} ${unit}, straight to the store ${
    Math.round(direct)
  }: ${part} of it${wanted}`;
}

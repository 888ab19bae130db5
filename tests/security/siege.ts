/** Sends spellings to every route that takes the path of an artifact, and looks at what they did. */
import { ok } from "node:assert/strict";
import { basename, dirname, join, sep } from "node:path";
import { clientOf } from "../client.ts";
import { type ArtifactRoute, artifactRoutes, type Subjects } from "./artifact_routes.ts";

/** A server under siege. */
export interface Besieged {
  subjects: Subjects;
  /** Holds the store's folder and what must not be touched. */
  around: string;
  /** Holds the files of the store. Below `around`. */
  root: string;
  /** Names in `around` or below of what may change all the same. */
  own: readonly string[];
  /** What stands in the files outside; in none of their names. */
  secret: string;
}

/** Makes a run, a logged model, a trace and a model version, each with a file where it has files. */
export async function subjectsOf(url: string): Promise<Subjects> {
  const { ok, startRun, file } = clientOf(url);
  const [run_id, other_run_id] = [await startRun(), await startRun()];
  const { model } = await ok("POST", "logged-models", { experiment_id: "0", name: "m" });
  const name = "besieged";
  await ok("POST", "registered-models/create", { name });
  await ok("POST", "model-versions/create", { name, source: `runs:/${run_id}/model`, run_id });
  const span = { traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174", name: "root" };
  const spans = [{ ...span, startTimeUnixNano: "1544712660000000001", endTimeUnixNano: "1544712661000000001" }];
  const exported = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-mlflow-experiment-id": "0" },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  await exported.body?.cancel();
  for (const home of [`0/${run_id}/artifacts`, `0/models/${model.info.model_id}/artifacts`]) {
    const put = await fetch(file(`${home}/model/MLmodel`), { method: "PUT", body: "x" });
    await put.body?.cancel();
  }
  return { url, run_id, other_run_id, model_id: model.info.model_id, trace_id: `tr-${span.traceId}`, model: name };
}

/** What the spellings did that they must not do; empty when the walls held. */
export async function besiege(
  place: Besieged,
  spellings: readonly string[],
): Promise<{ asked: number; taken: number; breaches: string[] }> {
  const routes = artifactRoutes(place.subjects);
  const breaches: string[] = [];
  const outside = await snapshot(place.around, [place.root, ...place.own]);
  const home = `0/${place.subjects.run_id}/artifacts`;
  let [asked, taken] = [0, 0];
  const run = async (route: ArtifactRoute) => {
    await inParallel(spellings, async (spelling) => {
      const { status, body } = await route.ask(spelling, JSON.stringify({ route: route.name, spelling }));
      asked++;
      if (status === 200) taken++;
      const wrong = judged(place, route, spelling, status, body);
      if (wrong) breaches.push(`${route.name} ${JSON.stringify(spelling)}: ${wrong}: ${status} ${body.slice(0, 200)}`);
    });
    breaches.push(
      ...differences(outside, await snapshot(place.around, [place.root, ...place.own])).map((one) =>
        `${route.name}: ${one}`
      ),
    );
  };
  for (const route of routes.filter(({ does }) => does !== "removes")) await run(route);
  breaches.push(...await misplaced(place.root, routes, home));
  for (const route of routes.filter(({ does }) => does === "removes")) {
    const before = await snapshot(place.root, []);
    const meant = await Promise.all(spellings.map((spelling) => whereIs(place.root, route.told(spelling) ?? "")));
    await run(route);
    for (const path of before.keys()) {
      const there = await Deno.lstat(path).then(() => true, () => false);
      const intended = meant.some((one) => one !== undefined && (path === one || path.startsWith(one + sep)));
      if (!there && !intended) breaches.push(`${route.name}: removed ${path}, which nobody named`);
    }
  }
  return { asked, taken, breaches };
}

/** What is wrong with an answer. */
function judged(
  place: Besieged,
  route: ArtifactRoute,
  spelling: string,
  status: number,
  body: string,
): string | undefined {
  if (body.includes(place.secret)) return "told what is outside";
  if (status === 0) return "no answer";
  if (status >= 500 && !(status === 501 && route.does === "signs")) return "a failure of the server";
  const told = route.told(spelling);
  // An escape that is broken is nobody's path: where it may lead, the files tell.
  const away = told !== undefined && leadsAway(told);
  if (status === 200 && away && route.does !== "shows" && !route.name.endsWith("by its file")) return "taken";
  // A bare 400 is the HTTP server's, for what is no request.
  const code = /"error_code":"(\w+)"/.exec(body)?.[1];
  if (status === 400 && body !== "" && !/^(INVALID_PARAMETER_VALUE|BAD_REQUEST)$/.test(code ?? "")) {
    return "another code";
  }
  if (status === 200 && route.does === "signs") return signedElsewhere(body);
  return undefined;
}

/** Whether some reader, who decodes as often as he likes, would leave the store or clean the path up. */
export function leadsAway(path: string): boolean {
  for (let times = 0; times < 14; times++) {
    const parts = path.replaceAll("\\", "/").split("/");
    if (parts[0] === "" && path !== "" || parts.some((part) => part === ".." || part === ".")) return true;
    path = path.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
  return false;
}

/** A13: the keys of signed URLs lie below the prefix, and the URLs do not live long. */
function signedElsewhere(body: string): string | undefined {
  for (const [, text = ""] of body.matchAll(/"(?:presigned_url|url)":\s*"([^"]+)"/g)) {
    const url = new URL(text.replaceAll("\\u0026", "&"));
    const path = decodeURIComponent(url.pathname);
    if (!path.startsWith("/artifacts/some/prefix/") || leadsAway(path.slice(1))) return `signed ${text}`;
    if (Number(url.searchParams.get("X-Amz-Expires") ?? "901") > 900) return "lives too long";
  }
  return undefined;
}

/** Files that are not where those who sent them said: each tells who that was. */
async function misplaced(root: string, routes: readonly ArtifactRoute[], home: string): Promise<string[]> {
  const found: string[] = [];
  for (const [path, state] of await snapshot(root, [])) {
    const [, content = ""] = /^file (\{"route":.*)$/s.exec(state) ?? [];
    if (content === "") continue;
    const sent: { route: string; spelling: string } = JSON.parse(content);
    const route = routes.find(({ name }) => name === sent.route);
    const told = route?.told(sent.spelling);
    if (told === undefined) continue;
    const expected = await whereIs(root, route?.name.startsWith("PUT") ? told : `${home}/${told}`);
    if (expected !== path) found.push(`${sent.route} ${JSON.stringify(sent.spelling)} lies at ${path}`);
  }
  return found;
}

/** Where a path of the store really is, whether there is anything or not. */
async function whereIs(root: string, path: string): Promise<string | undefined> {
  if (path === "" || path.includes("\0")) return undefined;
  const parent = await Deno.realPath(join(root, dirname(path))).catch(() => undefined);
  return parent && join(parent, basename(path));
}

/** What is in a folder and below, by path, but for `left`: folders as such, links by their target, files by their content. */
export async function snapshot(folder: string, left: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (left.includes(path) || left.includes(name)) continue;
    if (isSymlink) found.set(path, `link ${await Deno.readLink(path)}`);
    else if (!isDirectory) found.set(path, `file ${await Deno.readTextFile(path)}`);
    else {
      found.set(path, "folder");
      for (const [below, state] of await snapshot(path, left)) found.set(below, state);
    }
  }
  return found;
}

function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).map((path) => `changed ${path}`);
}

export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  workers = 12,
): Promise<void> {
  const left = items.values();
  await Promise.all(Array.from({ length: workers }, async () => {
    for (const item of left) await work(item);
  }));
}

/** Fails with the seed and the first breaches. */
export function held({ asked, taken, breaches }: Awaited<ReturnType<typeof besiege>>, seed?: number): void {
  ok(
    breaches.length === 0,
    `${breaches.length} breaches${seed === undefined ? "" : ` with seed ${seed}`}:\n${
      breaches.slice(0, 20).join("\n")
    }`,
  );
  ok(taken > asked / 200, `only ${taken} of ${asked} requests were taken: the test proves too little`);
}

import assert from "node:assert/strict";
import { relative } from "node:path";

const root = new URL("../", import.meta.url);

/** Who may import whom; `types of wire` is wire too, but only by `import type`. */
const allowed: Record<string, readonly string[]> = {
  domain: [],
  wire: ["domain"],
  db: ["domain"],
  artifacts: ["domain"],
  views: ["domain", "types of wire"],
  static: [],
  startup: ["domain", "types of config.ts"],
  runners: ["domain", "wire", "db", "artifacts"],
  routes: ["domain", "wire", "db", "artifacts", "views", "static"],
  cli: ["domain", "wire", "db", "artifacts", "runners", "client"],
  client: ["types of routes", "types of wire"],
};

/** The only files beside the runners that may name `Deno`. */
const mayUseDeno =
  /^(main|config)\.ts$|^startup\/errors\.ts$|^artifacts\/local(_\w+)?\.ts$|^(runners|cli|tests|bench)\//;

async function sources(folder = root): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (/^(\.|node_modules$|data$)/.test(entry.name)) continue;
    if (entry.isDirectory) found.push(...await sources(new URL(`${entry.name}/`, folder)));
    else if (/\.(ts|tsx|js)$/.test(entry.name)) {
      found.push(relative(root.pathname, new URL(entry.name, folder).pathname));
    }
  }
  return found;
}

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

async function importsOf(file: string): Promise<Import[]> {
  const source = await Deno.readTextFile(new URL(file, root));
  const text = source.replace(/\/\*[^]*?\*\//g, ""); // JSDoc of browser modules names types by import("…")
  const statements = text.matchAll(/^(import|export)\s+(type\s+)?[^;]*?from\s+"(\.[^"]+)"|import\("(\.[^"]+)"\)/gm);
  return [...statements].map(([, , type, specifier, dynamic]) => ({
    from: file,
    to: relative(root.pathname, new URL(specifier ?? dynamic!, new URL(file, root)).pathname),
    typeOnly: type !== undefined,
  }));
}

const folderOf = (file: string): string => file.includes("/") ? file.slice(0, file.indexOf("/")) : file;

Deno.test("no module imports what its folder may not know", async () => {
  const imports = (await Promise.all((await sources()).map(importsOf))).flat();
  assert.ok(imports.length > 100, "the walk found the program");
  const wrong = imports.filter(({ from, to, typeOnly }) => {
    const rules = allowed[folderOf(from)];
    if (!rules || folderOf(from) === folderOf(to)) return false;
    return !rules.includes(folderOf(to)) && !(typeOnly && rules.includes(`types of ${folderOf(to)}`));
  });
  assert.deepEqual(wrong, []);
});

Deno.test("no module imports itself by way of others", async () => {
  const files = await sources();
  const graph = new Map(
    await Promise.all(files.map(async (file) => {
      const imports = await importsOf(file);
      return [file, imports.filter((one) => !one.typeOnly).map((one) => one.to)] as const;
    })),
  );
  const circles: string[][] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (file: string, trail: string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") return void circles.push([...trail.slice(trail.indexOf(file)), file]);
    state.set(file, "open");
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    state.set(file, "done");
  };
  files.forEach((file) => visit(file, []));
  assert.deepEqual(circles, []);
});

Deno.test("only the program's edge names Deno", async () => {
  const files = (await sources()).filter((file) => !mayUseDeno.test(file));
  const texts = await Promise.all(
    files.map(async (file) => [file, await Deno.readTextFile(new URL(file, root))] as const),
  );
  assert.deepEqual(texts.filter(([, text]) => /\bDeno\./.test(text)).map(([file]) => file), []);
});

Deno.test("every file has at most 300 lines", async () => {
  const texts = await Promise.all(
    (await sources()).map(async (file) => [file, await Deno.readTextFile(new URL(file, root))] as const),
  );
  assert.deepEqual(texts.filter(([, text]) => text.split("\n").length > 301).map(([file]) => file), []);
});

import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fileError } from "../../artifacts/file_errors.ts";
import { openStore } from "../../artifacts/open.ts";
import { ApiError } from "../../domain/errors.ts";
import { body, broken, bytes, names, put, storeBehaviours, text } from "./behaviours.ts";

const windows = Deno.build.os === "windows";

/** A store in a new folder `root`, beside which the test has a folder of its own, `outside`. */
async function localStore() {
  const folder = await Deno.makeTempDir({ prefix: "weir-artifacts-" });
  const [root, outside] = [join(folder, "root"), join(folder, "outside")];
  await Deno.mkdir(outside);
  await Deno.writeTextFile(join(outside, "secret"), "secret");
  return {
    ...await openStore(root),
    root,
    outside,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

storeBehaviours("a folder", { ignore: false }, localStore);

const left = async (root: string): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(join(root, ".weir-tmp")))).map(({ name }) => name);

Deno.test("a folder's store refuses a file in the place of a folder, before the file has arrived", async () => {
  await using store = await localStore();
  await put(store, "d/a", "");
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(bytes("x")) });
  await rejects(store.put("d", endless), {
    code: "INVALID_PARAMETER_VALUE",
    message: "'d' cannot be written: it is a folder.",
  });
});

Deno.test("a folder's store refuses a file below a file", async () => {
  await using store = await localStore();
  await put(store, "d/a", "old");
  for (const path of ["d/a/b", "d/a/b/c"]) {
    await rejects(put(store, path, ""), {
      code: "INVALID_PARAMETER_VALUE",
      message: `'${path}' cannot be written: a part of its path is a file.`,
    });
  }
  equal(await text(store, "d/a"), "old");
});

Deno.test("a folder's store leaves nothing of a file that did not arrive", async () => {
  await using store = await localStore();
  await rejects(store.put("a/b", broken([bytes("x")])));
  await rejects(store.put("a/b", body("x"), { size: 2 }));
  deepEqual(await left(store.root), []);
  deepEqual((await Array.fromAsync(Deno.readDir(store.root))).map(({ name }) => name), [".weir-tmp"]);
});

Deno.test("a folder's store shows no file before all of it has arrived", async () => {
  await using store = await localStore();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const done = store.put("a", readable);
  const writer = writable.getWriter();
  await writer.write(bytes("one"));
  await writer.write(bytes("two"));
  deepEqual(await store.list(""), []);
  equal(await store.get("a"), undefined);
  await writer.close();
  await done;
  equal(await text(store, "a"), "onetwo");
});

Deno.test("what is arriving in a folder's store is out of reach", async () => {
  await using store = await localStore();
  await Deno.writeTextFile(join(store.root, ".weir-tmp", "x"), "secret");
  deepEqual(await store.list(""), []);
  for (const path of [".weir-tmp", ".weir-tmp/x", ".weir-tmp/y"]) {
    const attempts = [() => store.get(path), () => put(store, path, ""), () => store.remove(path)];
    for (const attempt of path === ".weir-tmp/y" ? attempts.slice(1) : attempts) {
      await rejects(attempt(), { code: "INVALID_PARAMETER_VALUE" }, path);
    }
  }
  await rejects(store.list(".weir-tmp"), { code: "INVALID_PARAMETER_VALUE" });
  deepEqual(await left(store.root), ["x"]);
});

Deno.test("a folder's store removes what a killed server left, and nothing that is still arriving", async () => {
  await using store = await localStore();
  await Deno.writeTextFile(join(store.root, ".weir-tmp", "left"), "");
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const arriving = store.put("a", readable);
  const sender = writable.getWriter();
  await sender.write(new TextEncoder().encode("on"));
  await openStore(store.root);
  equal((await left(store.root)).includes("left"), false);
  await sender.write(new TextEncoder().encode("e"));
  await sender.close();
  await arriving;
  equal(await text(store, "a"), "one");
  deepEqual(await left(store.root), []);
});

Deno.test("A9: no link leads out of a folder's store", { ignore: windows }, async () => {
  await using store = await localStore();
  await put(store, "d/a", "");
  await Deno.symlink(store.outside, join(store.root, "d", "folder"));
  await Deno.symlink(join(store.outside, "secret"), join(store.root, "d", "file"));
  await Deno.symlink("../../outside", join(store.root, "d", "relative"));
  deepEqual(await names(store, "d"), ["a"]);
  const refused = { code: "INVALID_PARAMETER_VALUE", message: "Invalid path" };
  for (const path of ["d/file", "d/folder", "d/folder/secret", "d/relative/secret"]) {
    await rejects(store.get(path), refused);
    await rejects(store.list(path), refused);
    await rejects(put(store, path, "overwritten"), refused);
  }
  for (const path of ["d/folder/new", "d/folder/new/deep", "d/relative/new"]) {
    await rejects(put(store, path, ""), refused);
  }
  await rejects(store.remove("d/folder/secret"), refused);
  deepEqual((await Array.fromAsync(Deno.readDir(store.outside))).map(({ name }) => name), ["secret"]);
  equal(await Deno.readTextFile(join(store.outside, "secret")), "secret");
});

Deno.test(
  "A9: to remove a link, or a folder with links in it, removes nothing that they lead to",
  { ignore: windows },
  async () => {
    await using store = await localStore();
    await put(store, "d/a", "kept");
    await Deno.symlink(store.outside, join(store.root, "d", "folder"));
    await Deno.symlink(join(store.root, "d", "a"), join(store.root, "e"));
    await store.remove("e");
    equal(await text(store, "d/a"), "kept");
    await store.remove("d/folder");
    await Deno.symlink(store.outside, join(store.root, "d", "folder"));
    await store.remove("d");
    equal(await Deno.readTextFile(join(store.outside, "secret")), "secret");
  },
);

Deno.test("A9: a name beside the folder that begins as the folder does is outside", { ignore: windows }, async () => {
  await using store = await localStore();
  await Deno.mkdir(`${store.root}-2`);
  await Deno.writeTextFile(`${store.root}-2/secret`, "secret");
  await Deno.symlink(`${store.root}-2`, join(store.root, "d"));
  await rejects(store.get("d/secret"), { message: "Invalid path" });
});

Deno.test(
  "a folder's store follows links that stay within it, and is not led in circles",
  { ignore: windows },
  async () => {
    await using store = await localStore();
    await put(store, "d/a", "one");
    await Deno.symlink("d", join(store.root, "link"));
    await Deno.symlink("loop", join(store.root, "loop"));
    await Deno.symlink("nowhere", join(store.root, "dangling"));
    equal(await text(store, "link/a"), "one");
    deepEqual(await store.list(""), [{ path: "d", is_dir: true }, { path: "link", is_dir: true }]);
    await rejects(put(store, "link", ""), { message: "'link' cannot be written: it is a folder." });
    await rejects(store.get("loop"), { code: "INVALID_PARAMETER_VALUE" });
    await put(store, "dangling", "a file now");
    equal(await text(store, "dangling"), "a file now");
    deepEqual((await Deno.lstat(join(store.root, "dangling"))).isFile, true);
  },
);

Deno.test("a folder's store may itself be behind a link", { ignore: windows }, async () => {
  await using store = await localStore();
  const link = `${store.root}-link`;
  await Deno.symlink(store.root, link);
  const same = await openStore(link);
  await put(same, "d/a", "one");
  equal(await text(store, "d/a"), "one");
});

Deno.test("a named pipe in a folder's store is neither listed nor waited for", { ignore: windows }, async () => {
  await using store = await localStore();
  await new Deno.Command("mkfifo", { args: [join(store.root, "pipe")] }).output();
  deepEqual(await store.list(""), []);
  await rejects(store.get("pipe"), { code: "INVALID_PARAMETER_VALUE" });
});

Deno.test("a folder's store goes on when its folder was removed meanwhile", async () => {
  await using store = await localStore();
  await Deno.remove(store.root, { recursive: true });
  deepEqual(await store.list(""), []);
  await put(store, "d/a", "one");
  equal(await text(store, "d/a"), "one");
});

Deno.test("files can be put into a folder while others remove it", async () => {
  await using store = await localStore();
  const turns = Array.from({ length: 100 }, (_, i) => i);
  const outcome = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined, (error) => error);
  const outcomes = turns.flatMap((i) => [outcome(put(store, `d/e/${i}`, "")), outcome(store.remove("d"))]);
  for (const error of await Promise.all(outcomes)) ok(error === undefined || error instanceof ApiError, `${error}`);
  deepEqual(await left(store.root), []);
});

Deno.test("a folder's store is found by its path or file: URL", async () => {
  await using store = await localStore();
  await put(store, "a", "one");
  equal(await text(await openStore(store.root), "a"), "one");
  equal(await text(await openStore(pathToFileURL(store.root).href), "a"), "one");
});

Deno.test("a root that cannot be a store is refused in one sentence", async () => {
  await using store = await localStore();
  await put(store, "file", "");
  const roots: [string, RegExp][] = [
    [join(store.root, "file"), /^The artifact folder .*file cannot be used: /],
    ["gopher://x/y", /^The artifact root gopher:\/\/x\/y cannot be used: it must be a folder, a file: URL, s3:/],
    ["file://elsewhere/x", /^The artifact root file:\/\/elsewhere\/x is not the URL of a folder of this machine\.$/],
    [
      "wasbs://x",
      /^The artifact root wasbs:\/\/x is not of the form wasbs:\/\/container@account\.blob\.core\.windows\.net\/prefix\.$/,
    ],
    ["s3://", /^The artifact root s3:\/\/ is not of the form s3:\/\/bucket\/prefix\.$/],
  ];
  for (const [root, message] of roots) {
    await rejects(
      openStore(root),
      (error) => error instanceof Error && message.test(error.message) && !error.message.includes("\n"),
    );
  }
});

Deno.test("a folder's store that cannot be written to says so when it is checked", async () => {
  await using store = await localStore();
  await Deno.remove(join(store.root, ".weir-tmp"));
  await Deno.writeTextFile(join(store.root, ".weir-tmp"), "");
  await rejects(store.check(), /^Error: The artifact folder .*root cannot be used: /);
});

Deno.test(
  "a file that the disk does not take leaves nothing, and what was there stays",
  { ignore: windows },
  async () => {
    await using store = await localStore();
    await put(store, "d/a", "old");
    const program = `
    import { openStore } from ${JSON.stringify(import.meta.resolve("../../artifacts/open.ts"))};
    const store = await openStore(${JSON.stringify(store.root)});
    for (const path of ["d/a", "new/b"]) {
      await store.put(path, new Blob([new Uint8Array(4_000_000)]).stream()).catch(({ status }) => console.log(status));
    }`;
    // The shell's limit of 512,000 bytes a file stands for a disk that is full.
    const args = ["-c", `trap "" XFSZ; ulimit -f 1000; exec "$0" eval "$1"`, Deno.execPath(), program];
    const { stdout } = await new Deno.Command("sh", { args }).output();
    equal(new TextDecoder().decode(stdout), "409\n409\n");
    equal(await text(store, "d/a"), "old");
    deepEqual([await names(store, ""), await left(store.root)], [["d"], []]);
  },
);

Deno.test("the errors of a disk become sentences that MLflow's client does not retry for minutes", () => {
  const retried = [408, 429, 500, 502, 503, 504];
  for (
    const code of [
      "EACCES",
      "EPERM",
      "EROFS",
      "ENOSPC",
      "EDQUOT",
      "EFBIG",
      "ENAMETOOLONG",
      "EISDIR",
      "ENOTDIR",
      "ENOENT",
    ]
  ) {
    const told = fileError(Object.assign(new Error(`/srv/data: ${code}`), { code }), "a");
    ok(told instanceof ApiError && !retried.includes(told.status), code);
    ok(/^[A-Z'].*[.')]$/.test(told.message) && !told.message.includes("/srv"), told.message);
  }
  const other = new TypeError("a bug");
  equal(fileError(other, "a"), other);
});

Deno.test("to open a folder's store does not load the SDKs of S3 and Azure", async () => {
  const open = new URL("../../artifacts/open.ts", import.meta.url).href;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", open] }).output();
  const { modules }: { modules: Module[] } = JSON.parse(new TextDecoder().decode(stdout));
  const loaded = new Set([open]);
  for (const url of loaded) {
    const dependencies = modules.find(({ specifier }) => specifier === url)?.dependencies ?? [];
    for (const { code, isDynamic } of dependencies) if (code && !isDynamic) loaded.add(code.specifier);
  }
  ok(loaded.has(new URL("local.ts", open).href));
  deepEqual([...loaded].filter((url) => /aws|s3|azure/.test(url)), []);
});

interface Module {
  specifier: string;
  dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
}

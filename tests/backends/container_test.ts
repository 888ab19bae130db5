import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { commandLine, isLoopback, oneProgram, safeName } from "../../runners/backends/container.ts";

const posix = { ignore: Deno.build.os === "windows" };

Deno.test("every word of a step reaches its program as it is, by way of a container's shell", posix, async () => {
  const word = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 20 }), word, async (words, value) => {
      const print = { argv: ["printf", "%s\\0", ...words], variables: { OWN: value } } as const;
      const show = { argv: ["sh", "-c", 'printf %s "$OWN"'], variables: { OWN: value } } as const;
      const { argv: [program, ...args] } = oneProgram([print, show]);
      const { stdout } = await new Deno.Command(program, { args }).output();
      equal(new TextDecoder().decode(stdout), [...words, value].join("\0"));
    }),
    { numRuns: 30 },
  );
});

Deno.test("a program whose name looks like an assignment stays a program", () => {
  equal(commandLine([{ argv: ["A=1", "b"], variables: {} }]), "'A=1' b");
});

Deno.test("names that others give are made safe", () => {
  deepEqual(["My Project!", "--", undefined, "ÄÖ-x", "a".repeat(70)].map((name) => safeName(name, "project", 40)), [
    "my-project",
    "project",
    "project",
    "x",
    "a".repeat(40),
  ]);
});

Deno.test("addresses of this machine alone are told from others", () => {
  const loopback = [
    "http://localhost:5000",
    "http://127.3.2.1",
    "https://[::1]:1/x",
    "http://0.0.0.0",
    "http://a.localhost",
  ];
  deepEqual(loopback.filter((uri) => !isLoopback(uri)), []);
  deepEqual(
    ["http://weir:5000", "http://10.0.0.1", "localhost", "", "http://localhost.example"].filter(isLoopback),
    [],
  );
});

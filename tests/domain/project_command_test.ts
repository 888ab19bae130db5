import assert from "node:assert/strict";
import fc from "fast-check";
import { toSteps } from "../../domain/projects/command.ts";

const steps = (command: string, parameters: Record<string, string> = {}, extra: Record<string, string> = {}) =>
  toSteps(command, {
    parameters: Object.entries(parameters),
    extra: Object.entries(extra),
    variables: { HOME: "/home/ada", EMPTY: "" },
  });
const argv = (command: string, parameters?: Record<string, string>, extra?: Record<string, string>) => {
  const [first, ...more] = steps(command, parameters, extra);
  assert.deepEqual(more, []);
  return first.argv;
};

Deno.test("a command becomes a list of arguments, with values where they are named", () => {
  assert.deepEqual(argv("python train.py --alpha {alpha} x={alpha}/2", { alpha: "0.5" }), [
    "python",
    "train.py",
    "--alpha",
    "0.5",
    "x=0.5/2",
  ]);
  assert.deepEqual(argv(`a 'b c' "d '{x}'" e\\ f '' "\\$HOME" '$HOME' $HOME/x "\${HOME}"`, { x: "1" }), [
    "a",
    "b c",
    "d '1'",
    "e f",
    "",
    "$HOME",
    "$HOME",
    "/home/ada/x",
    "/home/ada",
  ]);
  assert.deepEqual(argv("a ${{HOME}} ${EMPTY:-b} {{c}} $ $1"), ["a", "/home/ada", "b", "{c}", "$", "$1"]);
});

Deno.test("parameters that the command does not name are added as options, behind the last program", () => {
  assert.deepEqual(argv("python a.py", {}, { "lr": "1e-3", "a b": "; rm -rf /" }), [
    "python",
    "a.py",
    "--lr",
    "1e-3",
    "--a b",
    "; rm -rf /",
  ]);
  assert.deepEqual(steps("a && b", {}, { c: "1" }).map(({ argv }) => argv), [["a"], ["b", "--c", "1"]]);
});

Deno.test("&& and a line's end part programs, a backslash joins lines, and # begins a comment", () => {
  const all = steps("pip install . &&\n  python \\\n  train.py # the rest\n\nA=1 B='x y' python b.py c=d");
  assert.deepEqual(all, [
    { argv: ["pip", "install", "."], variables: {} },
    { argv: ["python", "train.py"], variables: {} },
    { argv: ["python", "b.py", "c=d"], variables: { A: "1", B: "x y" } },
  ]);
});

Deno.test("what only a shell can do is refused, and its name is told", () => {
  for (
    const command of [
      "a | b",
      "a; b",
      "a & b",
      "a > b",
      "a < b",
      "a || b",
      "(a)",
      "`a`",
      "a $(b)",
      'a "$(b)"',
      'a "`b`"',
    ]
  ) {
    assert.throws(() => steps(command), { code: "INVALID_PARAMETER_VALUE", message: /needs a shell for its/ }, command);
  }
  assert.deepEqual(argv(`echo "a | b; c" '$(d)'`), ["echo", "a | b; c", "$(d)"]);
});

Deno.test("a command that names no parameter, no program or does not close a quote is refused", () => {
  assert.throws(() => steps("python {alpha}"), { message: /names \{alpha\}, which is no parameter/ });
  assert.throws(() => steps("python {alpha"), { message: /names \{alpha/ });
  assert.throws(() => steps("python 'a"), { message: /does not close its ' at letter 8/ });
  for (const command of ["", "  ", "A=1", "# only this"]) {
    assert.throws(() => steps(command), { message: /names no program/ });
  }
});

Deno.test("no value ever becomes more than its part of one argument", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(
      fc.constantFrom(
        "'",
        '"',
        "\\",
        "`",
        "$(",
        "${HOME}",
        "$HOME",
        "&&",
        ";",
        "|",
        "\n",
        " ",
        "{x}",
        "{{",
        "}",
        "#",
        "A=1 ",
        "--",
      ),
    ).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(hostile, hostile, (x, y) => {
      const found = toSteps(`run {x} '{x}' "{x}" a{x}b={x} --y={y} && last {y}`, {
        parameters: [["x", x], ["y", y]],
        extra: [[y, x]],
        variables: { HOME: "/home/ada" },
      });
      assert.deepEqual(found, [
        { argv: ["run", x, x, x, `a${x}b=${x}`, `--y=${y}`], variables: {} },
        { argv: ["last", y, `--${y}`, x], variables: {} },
      ]);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a value in front of the program is the program, never an assignment", () => {
  assert.deepEqual(steps("{x}=1 run", { x: "LD_PRELOAD" })[0], { argv: ["LD_PRELOAD=1", "run"], variables: {} });
  assert.deepEqual(steps("{x} run", { x: "LD_PRELOAD=1" })[0], { argv: ["LD_PRELOAD=1", "run"], variables: {} });
  assert.deepEqual(steps("A={x} run", { x: "1 B=2" })[0], { argv: ["run"], variables: { A: "1 B=2" } });
});

Deno.test("no value gets into the script of a shell, only behind it", () => {
  const commands = [
    `sh -c "echo {x}"`,
    `/bin/bash -ec {x}`,
    `env A=1 bash --norc -o pipefail -c 'a {x}'`,
    `A=1 zsh -c a{x}`,
  ];
  for (const command of commands) {
    assert.throws(() => steps(command, { x: "1" }), { message: /puts a value into a script for a shell/ }, command);
  }
  assert.deepEqual(argv(`sh -c 'echo "$1"' sh {x}`, { x: "$(id)" }), ["sh", "-c", 'echo "$1"', "sh", "$(id)"]);
  assert.deepEqual(argv(`bash run.sh {x} -c {x}`, { x: "1" }), ["bash", "run.sh", "1", "-c", "1"]);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { findEntryPoint, readProject } from "../../domain/projects/mlproject.ts";
import { valuesFor } from "../../domain/projects/parameters.ts";
import { toSteps } from "../../domain/projects/command.ts";
import { isAsked, readCondaEnv, readPythonEnv } from "../../domain/projects/python_env.ts";
import { checkVersion, parseSource, withoutCredentials } from "../../domain/projects/source.ts";
import { ApiError } from "../../domain/errors.ts";

const project = (text: string) => readProject(text, "MLproject");
const refused = (text: string, message: string) =>
  assert.throws(() => project(text), { code: "INVALID_PARAMETER_VALUE", message });

const usual = `
name: My Project
python_env: files/env.yaml
entry_points:
  main:
    parameters:
      data: path
      alpha: {type: float, default: 0.40}
      epochs: {type: int, default: 10}
      fast: {default: yes}
      rate: {default: 1.0e-7}
      url: {type: uri, default: "http://a/b"}
    command: "python train.py --data {data} -a {alpha}"
  validate:
    command: python validate.py
`;

Deno.test("an MLproject file becomes a project, with defaults as Python prints them", () => {
  const { name, environment, entry_points, ignored } = project(usual);
  assert.equal(name, "My Project");
  assert.deepEqual(environment, { kind: "python_env", file: "files/env.yaml" });
  assert.deepEqual([...entry_points.keys()], ["main", "validate"]);
  assert.deepEqual(ignored, []);
  const main = entry_points.get("main");
  assert.deepEqual([...main?.parameters ?? []], [
    ["data", { type: "path", default: undefined }],
    ["alpha", { type: "float", default: "0.4" }],
    ["epochs", { type: "int", default: "10" }],
    ["fast", { type: "string", default: "True" }],
    ["rate", { type: "string", default: "1e-07" }],
    ["url", { type: "uri", default: "http://a/b" }],
  ]);
});

Deno.test("the short form of guides has one entry point, to which its parameters are passed as options", () => {
  const { entry_points } = project(
    "entry_point: train.py\nparameters:\n  alpha: {type: float, default: 0.4}\n  epochs: 10\n  model: resnet\n  seed: float\n",
  );
  const main = findEntryPoint(project("entry_point: train.py"), "main");
  assert.equal(main.command, "python 'train.py'");
  const short = entry_points.get("main");
  assert.ok(short);
  const { declared, extra } = valuesFor(short, [["seed", "1"], ["more", "x y"]]);
  assert.deepEqual(toSteps(short.command, { parameters: declared, extra, variables: {} })[0].argv, [
    ..."python train.py --alpha 0.4 --epochs 10 --model resnet --seed 1 --more".split(" "),
    "x y",
  ]);
  const command = project("entry_point: python a.py -x {x}\nparameters: {x: 1, y: 2}").entry_points.get("main")
    ?.command;
  assert.equal(command, "python a.py -x {x} --y {y}");
});

Deno.test("docker_env holds an image, volumes and variables", () => {
  const { environment } = project(
    "docker_env:\n  image: a/b:1\n  volumes: ['/x:/y:ro']\n  environment: [[A, 1], HOME]\nentry_points: {}",
  );
  assert.deepEqual(environment, {
    kind: "docker_env",
    image: "a/b:1",
    volumes: ["/x:/y:ro"],
    environment: [["A", "1"], "HOME"],
  });
});

Deno.test("what is wrong in an MLproject file is told with file, line and key", () => {
  refused(
    "name: a\nentry_points:\n  main: {parameters: {}}\n",
    "MLproject:3: 'entry_points.main' needs a 'command', such as \"python train.py --alpha {alpha}\".",
  );
  refused("name: [a]", "MLproject:1: 'name' must be a text or a number. Got a list.");
  refused("entry_points: [a]", "MLproject:1: 'entry_points' must be a map of keys and values. Got a list.");
  refused(
    "entry_points:\n  main:\n    command: a\n    parameters:\n      x: {default: [1]}",
    "MLproject:5: 'entry_points.main.parameters.x.default' must be a text or a number. Got a list.",
  );
  refused(
    "python_env: a\nconda_env: b\n",
    "MLproject:2: 'conda_env' Project cannot contain multiple environment fields: python_env, conda_env",
  );
  refused("docker_env: {volumes: []}", "MLproject:1: 'docker_env' needs an 'image': the name of a Docker image.");
  refused(
    "docker_env:\n  image: a\n  environment: [[A]]",
    "MLproject:3: 'docker_env.environment[0]' must be the name of a variable, or a list of its name and its value.",
  );
  refused(
    "parameters: {a: 1}",
    "MLproject:1: 'parameters' needs an 'entry_point' beside it, or belongs below one of the 'entry_points'.",
  );
  refused(
    "entry_point: train",
    "MLproject:1: 'entry_point' must be a script that ends in .py, .sh or .R, or a command. Got 'train'.",
  );
  assert.throws(() => project("a: b: c"), { code: "INVALID_PARAMETER_VALUE", message: /^MLproject:1: / });
  assert.deepEqual(project("nmae: a\nentry_points: {}").ignored, ["nmae"]);
});

Deno.test("aliases that stand for gigabytes are refused", () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 12; i++) lines.push(`a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`).join(", ")}]`);
  assert.throws(() => project(lines.join("\n")), { code: "INVALID_PARAMETER_VALUE" });
});

Deno.test("no text brings the reader of MLproject files to anything but a project or a clear error", () => {
  const words = fc.constantFrom(
    "name",
    "entry_points",
    "entry_point",
    "docker_env",
    "main",
    ": ",
    "\n",
    "  ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "&a",
    "*a",
    "'",
    "!!binary",
    "<<",
    "\t",
    "yes",
    "~",
    "0x",
    "\0",
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.array(words).map((all) => all.join(""))), (text) => {
      try {
        project(text);
      } catch (error) {
        assert.ok(error instanceof ApiError, String(error));
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("a script is an entry point of its own, and others are refused with those that are there", () => {
  const { argv } = toSteps(findEntryPoint(project(usual), "a b/{x}.py").command, {
    parameters: [],
    extra: [["k", "v"]],
    variables: {},
  })[0];
  assert.deepEqual(argv, ["python", "a b/{x}.py", "--k", "v"]);
  const shell = findEntryPoint(project(usual), "run.sh").command;
  assert.deepEqual(toSteps(shell, { parameters: [], extra: [], variables: { SHELL: "/bin/dash" } })[0].argv, [
    "/bin/dash",
    "run.sh",
  ]);
  assert.deepEqual(toSteps(shell, { parameters: [], extra: [], variables: {} })[0].argv, ["bash", "run.sh"]);
  const r =
    toSteps(findEntryPoint(project(usual), "it's.R").command, { parameters: [], extra: [], variables: {} })[0].argv;
  assert.deepEqual(r, ["Rscript", "-e", "mlflow::mlflow_source('it\\'s.R')", "--args"]);
  assert.throws(() => findEntryPoint(project(usual), "train"), {
    message:
      "Could not find train among entry points ['main', 'validate'] or interpret train as a runnable script. Supported script file extensions: ['.py', '.sh']",
  });
});

Deno.test("values are the given ones, then the defaults; missing, repeated and false ones are refused in MLflow's words", () => {
  const main = findEntryPoint(project(usual), "main");
  assert.deepEqual(valuesFor(main, [["z", "1"], ["data", "d"], ["alpha", ""]]), {
    declared: [["data", "d"], ["alpha", ""], ["epochs", "10"], ["fast", "True"], ["rate", "1e-07"], [
      "url",
      "http://a/b",
    ]],
    extra: [["z", "1"]],
  });
  assert.throws(() => valuesFor(main, []), { message: "No value given for missing parameters: 'data'" });
  assert.throws(() => valuesFor(main, [["data", "a"], ["url", "b"]]), {
    message: "Expected URI for parameter url but got b",
  });
  assert.throws(() => valuesFor(main, [["data", "a"], ["data", "b"]]), { message: "Repeated parameter: 'data'" });
});

Deno.test("environment files say which Python and what pip installs", () => {
  assert.deepEqual(
    readPythonEnv('python: "3.10"\nbuild_dependencies: [pip]\ndependencies:\n- -r requirements.txt\n- six', "e"),
    { python: "3.10", build_dependencies: ["pip"], dependencies: ["-r requirements.txt", "six"], unmatched: [] },
  );
  assert.deepEqual(
    readCondaEnv(
      "channels: [conda-forge]\ndependencies:\n- python=3.10.*\n- numpy=1.2\n- libgcc 1.2 h1_0\n- pip:\n  - six>1\n",
      "c",
    ),
    { python: "3.10", build_dependencies: ["numpy==1.2"], dependencies: ["six>1"], unmatched: ["libgcc 1.2 h1_0"] },
  );
  assert.throws(() => readCondaEnv("dependencies:\n- a\n- python", "c.yaml"), {
    message: /^c.yaml:3: 'dependencies\[1\]' must say which Python/,
  });
  assert.throws(() => readPythonEnv("python: three", "p"), { message: /^p:1: 'python' must be a version/ });
  assert.ok(
    isAsked("3.11.2", "3.11") && isAsked("3.11.2", ">=3.9") && isAsked("3.11.2", undefined) &&
      isAsked("3.9.1", "<=3.11"),
  );
  assert.ok(!isAsked("3.11.2", "3.1") && !isAsked("3.9.9", ">=3.10") && !isAsked("3.11.2", "3.11.4"));
});

Deno.test("a project's URI is a folder, a zip or a repository, and nothing that starts a program", () => {
  const source = (uri: string) => Object.values(parseSource(uri));
  assert.deepEqual(source("."), ["folder", ".", ""]);
  assert.deepEqual(source("file:///a%20b#c/d"), ["folder", "/a b", "c/d"]);
  assert.deepEqual(source("https://host/a.zip"), ["zip", "https://host/a.zip", ""]);
  assert.deepEqual(source("./a.zip#b"), ["zip", "./a.zip", "b"]);
  assert.deepEqual(source("https://host/a#b"), ["git", "https://host/a", "b"]);
  assert.deepEqual(source("git@host:me/a.git#b"), ["git", "git@host:me/a.git", "b"]);
  assert.deepEqual(source("git+ssh://git@host/a.git"), ["git", "ssh://git@host/a.git", ""]);
  const wrong = [
    "ext::sh -c id",
    "ext::ssh://x",
    "fd::17",
    "gopher://a/b",
    "https://-oProxyCommand=id/x",
    ".#../x",
    ".#a/../../b",
    "",
    "a\nb",
  ];
  for (const uri of wrong) {
    try {
      assert.equal(parseSource(uri).kind, "folder", uri); // a strange name of a folder, which is looked for and not there
    } catch (error) {
      assert.ok(error instanceof ApiError, uri);
    }
  }
  for (const version of ["--upload-pack=id", "-x", "a..b", "a b", ""]) {
    assert.throws(() => checkVersion(version), ApiError, version);
  }
  for (const version of ["main", "v1.2", "feature/a-b", "0a1b2c"]) assert.equal(checkVersion(version), version);
  assert.equal(withoutCredentials("https://me:secret@host/a"), "https://host/a");
  assert.equal(withoutCredentials("git@host:a"), "git@host:a");
});

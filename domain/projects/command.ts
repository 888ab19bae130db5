import { invalid } from "../errors.ts";
import type { Values } from "./project.ts";

/** One program to start: no shell is between. */
export interface Step {
  /** Program and arguments. */
  argv: readonly [string, ...string[]];
  /** Set for this program alone (`NAME=value program`). */
  variables: Readonly<Record<string, string>>;
}

/** What a command is filled with. */
export interface Filling {
  /** Of `{name}`. A value stays part of the word that it stands in, whatever it holds. */
  parameters: Values;
  /** Are added at the end, as `--name value`. */
  extra: Values;
  /** Of `$NAME`, `${NAME}` and `${NAME:-otherwise}`; unknown ones are empty. */
  variables: Readonly<Record<string, string>>;
}

/**
 * The programs that the command of an entry point starts. It is read as a shell reads words: quotes, backslashes, `#`, variables,
 * assignments in front, and `&&` or a line's end between programs. What only a shell can do is refused, with
 * INVALID_PARAMETER_VALUE: there is none, and so no value can be one (CVE-2024-37061, CVE-2023-4033).
 */
export function toSteps(command: string, { parameters, extra, variables }: Filling): [Step, ...Step[]] {
  const programs = new Reader(command, new Map(parameters), variables).programs();
  const last = programs.at(-1);
  last?.push(
    ...extra.flatMap(([name, value]) =>
      [`--${name}`, value].map((text) => ({ text, assigned: 0, bare: false, filled: true }))
    ),
  );
  const [first, ...rest] = programs.map((words) => step(words, command));
  if (first === undefined) throw invalid(`The command ${JSON.stringify(command)} names no program.`);
  return [first, ...rest];
}

interface Word {
  text: string;
  /** Letters of `NAME=` when the word assigns. */
  assigned: number;
  /** Every letter stands in the command itself, unquoted: what values and quotes bring never assigns. */
  bare: boolean;
  /** A value of a parameter stands in it. */
  filled: boolean;
}

/** Programs that take an argument behind `-c` for a script. */
const shell = /^(.*\/)?(ba|da|k|z|a|c|tc|fi)?sh$/;

/** A value in the script of a shell would be read by the shell. */
function refuseFilledScripts(words: readonly Word[], command: string): void {
  const at = words.findIndex(({ text }) => shell.test(text));
  if (at === -1) return;
  let [next, takesScript] = [at + 1, false];
  for (let option = words[next]?.text; option !== undefined && /^[-+]/.test(option); option = words[next]?.text) {
    takesScript ||= /^-[a-z]*c/i.test(option);
    next += /^[-+]o$|^--(rcfile|init-file)$/i.test(option) ? 2 : 1;
  }
  if (!takesScript || !words[next]?.filled) return;
  throw invalid(
    `The command ${
      JSON.stringify(command)
    } puts a value into a script for a shell, which would read it as its own. Pass it as an argument: sh -c 'echo "$1"' sh {value}`,
  );
}

function step(words: readonly Word[], command: string): Step {
  refuseFilledScripts(words, command);
  const program = words.findIndex(({ assigned }) => assigned === 0);
  const assignments = program === -1 ? words : words.slice(0, program);
  const [name, ...args] = program === -1 ? [] : words.slice(program).map(({ text }) => text);
  if (!name) throw invalid(`The command ${JSON.stringify(command)} names no program where one is expected.`);
  const pairs = assignments.map(({ text, assigned }) => [text.slice(0, assigned - 1), text.slice(assigned)]);
  return { argv: [name, ...args], variables: Object.fromEntries(pairs) };
}

const operators = /^(\|\|?|;|&(?!&)|[<>()]|`)/;

/** Reads a command letter by letter. */
class Reader {
  private at = 0;
  private word: Word | undefined;
  private readonly words: Word[][] = [[]];

  constructor(
    private readonly command: string,
    private readonly parameters: ReadonlyMap<string, string>,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  programs(): Word[][] {
    while (this.at < this.command.length) this.unquoted();
    this.endWord();
    return this.words.filter((words) => words.length > 0);
  }

  private unquoted(): void {
    const rest = this.command.slice(this.at);
    const letter = rest.charAt(0);
    const operator = operators.exec(rest)?.[0];
    if (operator !== undefined) throw this.refused(operator);
    if (rest.startsWith("&&")) return this.endProgram(2);
    if (letter === "\n") return this.endProgram(1);
    if (/\s/.test(letter)) return this.skip(1, () => this.endWord());
    if (letter === "#" && this.word === undefined) return this.skip(rest.search(/\n|$/));
    if (letter === "'") return this.quoted("'", () => this.literal());
    if (letter === '"') return this.quoted('"', () => this.doubleQuoted());
    if (letter === "\\") return this.escaped(/[^]/);
    if (letter === "=" && this.word?.bare && /^[A-Za-z_]\w*$/.test(this.word.text)) {
      this.word.assigned = this.word.text.length + 1;
      return this.take("=", 1);
    }
    if (/[\w]/.test(letter)) return this.take(letter, 1, true);
    this.expanded();
  }

  private doubleQuoted(): void {
    const letter = this.command.charAt(this.at);
    if (letter === "`") throw this.refused(letter);
    if (letter === "\\") return this.escaped(/[$`"\\\n]/);
    this.expanded();
  }

  /** `{parameter}`, `$VARIABLE`, or the letter itself. */
  private expanded(): void {
    if (this.command.charAt(this.at) !== "$") return this.literal();
    const rest = this.command.slice(this.at);
    if (rest.startsWith("$(")) throw this.refused("$(");
    const [all, plain, braced, otherwise] = /^\$(?:([A-Za-z_]\w*)|\{\{?([A-Za-z_]\w*)(?::-([^}]*))?\}\}?)/.exec(rest) ??
      [];
    if (all === undefined) return this.literal();
    const value = this.variables[plain ?? braced ?? ""] ?? "";
    this.take(value === "" ? otherwise ?? "" : value, all.length);
  }

  /** `{parameter}`, `{{` for a brace, or the letter itself. */
  private literal(): void {
    const rest = this.command.slice(this.at);
    if (rest.startsWith("{{") || rest.startsWith("}}")) return this.take(rest.charAt(0), 2);
    if (!rest.startsWith("{")) return this.take(rest.charAt(0), 1);
    const end = rest.indexOf("}");
    const name = rest.slice(1, end);
    const value = end === -1 ? undefined : this.parameters.get(name);
    if (value === undefined) {
      throw invalid(
        `The command ${JSON.stringify(this.command)} names {${
          end === -1 ? rest.slice(1) : name
        }}, which is no parameter of the entry point. A brace itself is written twice.`,
      );
    }
    this.take(value, end + 1);
    if (this.word) this.word.filled = true;
  }

  private quoted(quote: string, inside: () => void): void {
    const start = this.at;
    this.take("", 1);
    while (this.command.charAt(this.at) !== quote) {
      if (this.at >= this.command.length) {
        throw invalid(
          `The command ${JSON.stringify(this.command)} does not close its ${quote} at letter ${start + 1}.`,
        );
      }
      inside();
    }
    this.at++;
  }

  /** A backslash: takes a letter of these as it is; before a line's end both go. */
  private escaped(special: RegExp): void {
    const next = this.command.charAt(this.at + 1);
    if (next === "\n") this.at += 2;
    else if (next !== "" && special.test(next)) this.take(next, 2);
    else this.take("\\", 1);
  }

  private take(text: string, letters: number, bare = false): void {
    this.word ??= { text: "", assigned: 0, bare, filled: false };
    this.word.text += text;
    this.word.bare &&= bare;
    this.at += letters;
  }

  private skip(letters: number, then = () => {}): void {
    this.at += letters;
    then();
  }

  private endWord(): void {
    if (this.word) this.words.at(-1)?.push(this.word);
    this.word = undefined;
  }

  private endProgram(letters: number): void {
    this.endWord();
    this.words.push([]);
    this.at += letters;
  }

  private refused(operator: string): Error {
    return invalid(
      `The command ${
        JSON.stringify(this.command)
      } needs a shell for its '${operator}'. Weir starts programs without one: put the line into a script, such as run.sh, and name "bash run.sh" here, or quote what is meant as text.`,
    );
  }
}

/**
 * LIKE as Postgres has it: `%` any text, `_` one character, a backslash takes the meaning of the next character away.
 * No pattern ever becomes a regular expression, so none can make one explode.
 */

const any = Symbol("%");
const one = Symbol("_");
type Step = string | typeof any | typeof one;

function stepsOf(pattern: string): Step[] {
  const steps: Step[] = [];
  let literal = false;
  for (const character of pattern) {
    if (!literal && character === "\\") {
      literal = true;
      continue;
    }
    steps.push(literal ? character : character === "%" ? any : character === "_" ? one : character);
    literal = false;
  }
  return steps;
}

/** Whether the whole text fits the pattern. Steps back only to the last `%`, so it takes |text| x |pattern| at most. */
export function isLike(text: string, pattern: string, { ignoreCase }: { ignoreCase: boolean }): boolean {
  const steps = stepsOf(ignoreCase ? pattern.toLowerCase() : pattern);
  const characters = [...(ignoreCase ? text.toLowerCase() : text)];
  let step = 0, star = -1, retry = 0;
  for (let at = 0; at < characters.length;) {
    if (steps[step] === any) {
      star = step++;
      retry = at;
    } else if (steps[step] === one || steps[step] === characters[at]) {
      step++;
      at++;
    } else if (star >= 0) {
      step = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  return steps.slice(step).every((rest) => rest === any);
}

/** Ways to spell a path that leads where it should not. */
import fc from "fast-check";

/** What a siege may aim at. */
export interface Aims {
  /** Absolute: a file outside the store. */
  canary: string;
  /** A folder in the store that has links in it, by their names. */
  home: string;
  links: readonly string[];
}

/** The spellings of published attacks and their kin, by the numbers of a list of attacks. `C` is the bare name of the canary. */
const published: Readonly<Record<string, string>> = {
  A1: "../C|../../C|../../../C|a/../../C|a/b/../../../C|..|a/..|./../C|../|../../|a/../..|.../../C|..//C|..///../C",
  A2:
    "file:///C|file:C|FILE:/C|file://localhost/C|file:../C|s3://bucket/C|http://127.0.0.1/C|mlflow-artifacts:/../C|wasbs://c@a/C",
  A3:
    "..\\C|..\\..\\C|a\\..\\..\\C|\\C|\\\\host\\share\\C|C:\\C|c:/C|C:|D:/|..\\/C|../\\C|%5c..%5cC|..%5cC|%255c..%255cC",
  A4: "/C|//C|///C|//proc/self/root/C|/proc/self/root/C|/proc/self/environ|/etc/passwd|//etc/passwd|/./C|//localhost/C",
  A5:
    "%2e%2e/C|%2e%2e%2fC|..%2fC|%252e%252e/C|%252e%252e%252fC|%25252e%25252e%25252fC|%2E%2E/C|.%2e/C|%2e./C|%2fC|%252fC|%2f%2fC|" +
    "%c0%ae%c0%ae/C|%c0%ae%c0%ae%c0%afC|%e0%80%ae%e0%80%ae/C|%uff0e%uff0e/C|．．/C|‥/C|%u002e%u002e/C|%%32%65%%32%65/C|%2%65%2%65/C",
  A6: "a#/../../C|#/../C|a%23/../../C|?/../../C|a?path=../C|a%3f/../../C|#|%23|%2523|a#b|?|a%2523/../../C|x#/../C?y",
  A7: ";/../C|a;/../../C|..;/C|..;a=b/C|a;..;/..;/C|%3b/../C|;|..%3b/C|a;b/../../C",
  A8:
    "%2%0952e%2%0952e/C|%2\t52e/C|.%0a./C|.\t./C|..%00/C|%00|../C%00.png|a%00/../C|%0d%0a../C|..%7f/C|%2%352e%2%352e/C|%01../C",
  A9: "",
  A10: ".|./|./.|.//|/.|//|%2e|%2e/|.%2f|%252e|./././|a/.|a/./|0/.|0/./|0/%2e|0/r/artifacts/.|0/..| |%20|*|0/*",
  A13: "C?X-Amz-Expires=999999|../C&x-id=PutObject|C?versionId=null|C?uploads|..%2fC?partNumber=1|C/../../C?delete",
};

export function publishedSpellings(attack: string, { canary, home, links }: Aims): string[] {
  const name = canary.slice(canary.lastIndexOf("/") + 1);
  const given = (published[attack] ?? "").split("|").filter((spelling) => spelling !== "");
  if (attack === "A9") {
    return links.flatMap((link) =>
      ["", "/", `/${name}`, "/..", `/../${name}`, "/new"].map((end) => `${home}/${link}${end}`)
    );
  }
  return given.flatMap((spelling) => {
    const aimed = spelling.replaceAll(/(?<![A-Za-z%:\\])C(?![A-Za-z:])/g, name);
    const absolute = spelling.replaceAll(/\/C$/g, canary);
    return [...new Set([spelling, aimed, absolute, `${home}/${aimed}`, `${home}/../../../${aimed}`])];
  });
}

export const attacks = Object.keys(published);

/** A character as it is, or escaped once or several times, in either case of hexadecimal. */
const spelled = (character: string) =>
  fc.tuple(fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3, 11), fc.boolean()).map(([depth, upper]) => {
    if (depth === 0) return character;
    const escaped = [...new TextEncoder().encode(character)].map((byte) => {
      const hex = byte.toString(16).padStart(2, "0");
      return `%${"25".repeat(depth - 1)}${upper ? hex.toUpperCase() : hex}`;
    });
    return escaped.join("");
  });

const harmless = [
  "a",
  "b c",
  "d+e",
  "%41",
  "a..b",
  "...",
  ".hidden",
  "-dash",
  "~",
  "😀",
  "\u202ex",
  "line\u2028end",
  "'q'",
  '"dq"',
  "C:0.1.png",
];
const separators = ["/", "/", "/", "//", "\\", ";/", "/./", "/../", "?", "#", "&path=", "\0", "\t", "%"];
const wayward = [
  "..",
  "..",
  "..",
  ".",
  "",
  " ",
  "..;",
  "%2e%2e",
  "％2e",
  "．．",
  "file:",
  "C:",
  "proc/self/root",
  ".weir-tmp",
  "*",
  "\ud800",
];

/** So many different spellings; the same ones for the same seed. */
export function generatedSpellings(count: number, seed: number, { canary, home, links }: Aims): string[] {
  const name = canary.slice(canary.lastIndexOf("/") + 1);
  const part = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...wayward) },
    { weight: 3, arbitrary: fc.constantFrom(name, canary, ...links) },
    { weight: 3, arbitrary: fc.constantFrom(...harmless) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
  ).chain((text) => fc.tuple(...[...text].map((one) => spelled(one)))).map((parts) => parts.join(""));
  const separator = fc.constantFrom(...separators).chain((text) => fc.tuple(...[...text].map((one) => spelled(one))))
    .map((parts) => parts.join(""));
  const path = fc.tuple(
    fc.constantFrom("", "", home, `${home}/`, "/", "./"),
    fc.array(fc.tuple(part, separator), { minLength: 1, maxLength: 5 }),
    fc.option(part, { nil: "" }),
  ).map(([start, parts, end]) => `${start}${parts.flat().join("")}${end}`);
  const found = new Set<string>();
  for (let turn = 0; found.size < count; turn++) {
    for (const one of fc.sample(path, { numRuns: count, seed: seed + turn })) if (found.size < count) found.add(one);
  }
  return [...found];
}

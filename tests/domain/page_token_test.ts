import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError } from "../../domain/errors.ts";
import { type OrderKey, type OrderTerm, parseRunOrder } from "../../domain/order.ts";
import { parsePageToken, printPageToken, type Searched } from "../../domain/page_token.ts";
import { metricValues, soup, texts } from "../filters.ts";

const order = parseRunOrder(["metrics.loss DESC", "params.model", "end_time"]);
const searched = {
  "Experiment IDs": [1],
  "Filter string": "",
  "View type": "ACTIVE_ONLY",
  "Order by": ["metrics.loss DESC"],
};
const key: OrderKey = [0.5, "resnet", null, 1700000000000, "f00"];

function refusal(token: string, of: Searched = searched, terms: readonly OrderTerm[] = order): string {
  try {
    parsePageToken(token, of, terms);
  } catch (error) {
    assert.ok(error instanceof ApiError && error.code === "INVALID_PARAMETER_VALUE", String(error));
    return error.message;
  }
  throw new Error("was not refused");
}

const base64 = (text: string) => new TextEncoder().encode(text).toBase64();

Deno.test("a page token gives back the key that it was made of", () => {
  const keys = fc.tuple(
    fc.oneof(metricValues, fc.double(), fc.constant(null)),
    fc.oneof(texts, fc.constant(null)),
    fc.oneof(fc.maxSafeInteger().map((value) => value + 0), fc.constant(null)),
    fc.maxSafeNat(),
    fc.string(),
  );
  fc.assert(fc.property(keys, (values) => {
    const [metric, ...rest] = values;
    const expected = [metric === null ? null : metric + 0, ...rest];
    assert.deepEqual(parsePageToken(printPageToken(values, searched), searched, order), expected);
  }));
});

Deno.test("no token, or an empty one, is the first page", () => {
  assert.equal(parsePageToken(undefined, searched, order), undefined);
  assert.equal(parsePageToken("", searched, order), undefined);
});

Deno.test("a token is safe in an address", () => {
  assert.match(printPageToken([NaN, "\u{1f600}ÿÿ?>", null, 1, "f00"], searched), /^[\w-]+$/);
});

Deno.test("a token of another search is refused, and says what differs", () => {
  const token = printPageToken(key, searched);
  const other = (part: object) => refusal(token, { ...searched, ...part });
  assert.equal(
    other({ "Filter string": "metrics.a > 1" }),
    "Invalid page token. Filter string in the page token does not match the requested filter string.",
  );
  assert.match(
    other({ "Experiment IDs": [1, 2] }),
    /Experiment IDs in the page token do not match the requested experiment/,
  );
  assert.match(other({ "View type": "ALL" }), /View type in the page token does not match the requested view type\.$/);
  assert.match(other({ "Order by": [] }), /Order by in the page token does not match the requested order by\.$/);
});

Deno.test("a broken token is refused in MLflow's words", () => {
  assert.equal(refusal("%%%"), "Invalid page token, could not base64-decode");
  assert.equal(refusal("abc"), "Invalid page token, could not base64-decode");
  assert.match(refusal(base64("hello")), /^Invalid page token, decoded value=/);
  assert.match(refusal(base64("[]")), /^Invalid page token, parsed value=/);
  assert.match(refusal(base64('{"offset": 10}')), /^Invalid page token, parsed value=/);
});

Deno.test("a forged token holds nothing that its order cannot have", () => {
  const forged = (...values: unknown[]) => {
    const token = new TextDecoder().decode(
      Uint8Array.fromBase64(printPageToken(key, searched), { alphabet: "base64url" }),
    );
    return refusal(base64(JSON.stringify({ ...JSON.parse(token), after: values })));
  };
  forged("x", "a", null, 1, "f00");
  forged(1, 2, null, 1, "f00");
  forged(1, "a\0", null, 1, "f00");
  forged(1, "\ud800", null, 1, "f00");
  forged(1, "a", 1.5, 1, "f00");
  forged(1, "a", 2 ** 60, 1, "f00");
  forged(1, "a", "NaN", 1, "f00");
  forged(1, "a", null, 1, "f00", 5);
  forged(1, "a", { toString: 1 }, 1, "f00");
  forged();
});

Deno.test("no text makes a token throw anything but an INVALID_PARAMETER_VALUE", () => {
  fc.assert(fc.property(fc.oneof(soup, fc.base64String(), fc.json().map(base64)), (text) => {
    if (text !== "") refusal(text);
  }));
});

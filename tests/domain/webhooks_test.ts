import assert, { deepEqual, equal, notDeepEqual, ok, rejects, throws } from "node:assert/strict";
import { BlockList } from "node:net";
import fc from "fast-check";
import { addressOfHost, isPublicAddress } from "../../domain/addresses.ts";
import { pythonJson } from "../../domain/python_json.ts";
import { secretBox } from "../../domain/secret_box.ts";
import { webhookBody, webhookHeaders } from "../../domain/webhook_messages.ts";
import { backOff, mostAttempts, outcomeOf, parseRetryAfter } from "../../domain/webhook_retry.ts";
import { checkWebhookEvents, checkWebhookName, parseWebhookUrl } from "../../domain/webhooks.ts";

const hidden: [network: string, bits: number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];
const oracle = new BlockList();
for (const [network, bits] of hidden) oracle.addSubnet(network, bits);

const dotted = (bits: number): string => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
/** Near the edges of what is hidden, and anywhere. */
const ipv4 = fc.oneof(
  word,
  fc.tuple(fc.constantFrom(...hidden), fc.integer({ min: -2, max: 2 }), fc.boolean()).map(
    ([[network, bits], by, end]) => {
      const start = network.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
      return (start + (end ? 2 ** (32 - bits) : 0) + by + 2 ** 32) % 2 ** 32;
    },
  ),
);

Deno.test("an IPv4 address is public unless a special network holds it", () => {
  fc.assert(
    fc.property(ipv4, (bits) => equal(isPublicAddress(dotted(bits)), !oracle.check(dotted(bits)), dotted(bits))),
    { numRuns: 2000 },
  );
});

Deno.test("an IPv4 address in the clothes of IPv6 is as public as without", () => {
  fc.assert(fc.property(ipv4, (bits) => {
    const [high, low] = [(bits >>> 16).toString(16), (bits & 0xffff).toString(16)];
    for (const prefix of ["::ffff:", "64:ff9b::", "0:0:0:0:0:FFFF:"]) {
      equal(isPublicAddress(`${prefix}${dotted(bits)}`), isPublicAddress(dotted(bits)));
      equal(isPublicAddress(`${prefix}${high}:${low}`), isPublicAddress(dotted(bits)));
    }
    // Deprecated, and no way for anyone to be reached.
    ok(!isPublicAddress(`2002:${high}:${low}::1`));
    ok(!isPublicAddress(`::${high}:${low}`));
    ok(!isPublicAddress(`2001:0:${high}:${low}::`));
    ok(!isPublicAddress(`64:ff9b:1::${high}:${low}`));
  }));
});

Deno.test("every spelling of a hidden IPv4 address in a URL is seen through", () => {
  const base = fc.constantFrom(10, 8, 16);
  const print = (value: number, radix: number) => ({ 10: "", 8: "0", 16: "0x" })[radix] + value.toString(radix);
  fc.assert(fc.property(ipv4, base, base, base, base, fc.integer({ min: 1, max: 4 }), (bits, a, b, c, d, parts) => {
    const bytes = [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255);
    const rest = bytes.slice(parts - 1).reduce((sum, byte) => sum * 256 + byte, 0);
    const spelled = [...bytes.slice(0, parts - 1), rest].map((value, i) => print(value, [a, b, c, d][i]!)).join(".");
    const host = parseWebhookUrl(`https://${spelled}/hook`, ["https"]).hostname;
    equal(addressOfHost(host), dotted(bits), spelled);
  }));
});

Deno.test("of IPv6 only what the Internet routes is public", () => {
  const open = ["2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8"];
  const closed = [
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "100::1",
  ];
  const none = ["", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "8.8.8.8 ", "[::1]", ":::", "2001:::1"];
  for (const address of open) ok(isPublicAddress(address), address);
  for (const address of [...closed, "3fff::1", "5f00::1", "2001::1", ...none]) ok(!isPublicAddress(address), address);
  fc.assert(fc.property(fc.ipV6(), (address) => {
    const first = parseInt(new URL(`http://[${address}]`).hostname.slice(1).split(":")[0] || "0", 16);
    if (isPublicAddress(address)) ok((first >= 0x2000 && first < 0x4000) || first === 0x64 || first === 0, address);
  }));
});

Deno.test("what is no address is not public, and breaks nothing", () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.domain()), (text) => {
    if (addressOfHost(text) === undefined) ok(!isPublicAddress(text));
  }));
});

Deno.test("a webhook's URL needs an allowed scheme and a host, and takes no password", () => {
  const refused: [url: string, message: string][] = [
    ["  ", "Webhook URL cannot be empty or just whitespace: '  '"],
    ["ftp://example.com", "Invalid webhook URL scheme: 'ftp'. Allowed schemes are: https."],
    ["http://example.com", "Invalid webhook URL scheme: 'http'. Allowed schemes are: https."],
    ["example.com", "Invalid webhook URL scheme: ''. Allowed schemes are: https."],
    ["https://", "Webhook URL must include a hostname: 'https://'"],
    ["https:///x", "Webhook URL must include a hostname: 'https:///x'"],
    ["https:example.com", "Webhook URL must include a hostname: 'https:example.com'"],
    ["https://[zz]/", "Invalid webhook URL 'https://[zz]/'"],
    ["https://a:99999/", "Invalid webhook URL 'https://a:99999/'"],
    ["https://me:s3cret@example.com/", "Webhook URL must not include embedded credentials"],
  ];
  for (const [url, message] of refused) throws(() => parseWebhookUrl(url, ["https"]), { message });
  equal(parseWebhookUrl("HTTPS://Example.com:8443/a?b", ["https"]).href, "https://example.com:8443/a?b");
});

Deno.test("a webhook's name has 1 to 63 letters, digits, dots, underscores and hyphens", () => {
  for (const name of ["a", "A-1.b_c", "a".repeat(63), "7"]) checkWebhookName(name);
  for (const name of ["", "-a", "a-", "a b", "é", "a\n", "a".repeat(64), "a/b"]) {
    throws(
      () => checkWebhookName(name),
      /^ApiError: Webhook name .* is invalid\. It must start and end with a letter/s,
    );
  }
});

Deno.test("a webhook is told of an event once, however often it is named", () => {
  const created = { entity: "PROMPT", action: "CREATED" };
  deepEqual(checkWebhookEvents([created, created]), [{ entity: "prompt", action: "created" }]);
  throws(() => checkWebhookEvents([]), {
    message: "Webhook events must be a non-empty list of WebhookEvent objects: [].",
  });
  throws(() => checkWebhookEvents([{ entity: "MODEL_VERSION_TAG", action: "CREATED" }]), {
    message: "Invalid action 'created' for entity 'model_version_tag'. Valid actions are: ['deleted', 'set']",
  });
});

Deno.test("a message is written as Python writes JSON", () => {
  equal(
    webhookBody(
      { entity: "prompt", action: "created" },
      { name: 'é\u2028😀"', tags: {}, run_id: null },
      1_704_067_200_007,
    ),
    '{"entity": "prompt", "action": "created", "timestamp": "2024-01-01T00:00:00.007000+00:00", ' +
      '"data": {"name": "\\u00e9\\u2028\\ud83d\\ude00\\"", "tags": {}, "run_id": null}}',
  );
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = pythonJson(value);
    assert.match(text, /^[\0-\x7f]*$/);
    deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
  }));
});

Deno.test("a message is signed only with a secret", async () => {
  const message = { delivery_id: "id", body: "{}", time: 1_700_000_000_999 };
  const { "X-MLflow-Signature": signature, ...headers } = await webhookHeaders({ ...message, secret: "key" });
  deepEqual(await webhookHeaders(message), headers);
  equal(headers["X-MLflow-Timestamp"], "1700000000");
  // printf 'id.1700000000.{}' | openssl dgst -sha256 -hmac key -binary | base64
  equal(signature, "v1,/Hqug/JsMUvI3mrKxx95W1oU9WZJN5/KNqtUvtF4fLc=");
});

Deno.test("a delivery is tried four times, and only after what another try may mend", () => {
  const answer = (status: number, attempts = 1) => outcomeOf({ status, body: "" }, attempts, 0, 0).state;
  for (const status of [200, 204, 299]) equal(answer(status), "delivered");
  for (const status of [429, 500, 502, 503, 504]) equal(answer(status), "waiting");
  for (const status of [301, 302, 400, 404, 410, 501]) equal(answer(status), "failed");
  equal(answer(500, mostAttempts - 1), "waiting");
  equal(answer(500, mostAttempts), "failed");
  equal(outcomeOf({ error: "cut" }, 1, 0, 0).state, "waiting");
  equal(outcomeOf({ error: "private", final: true }, 1, 0, 0).state, "failed");
});

Deno.test("waits double, and Retry-After decides where it makes sense", () => {
  deepEqual([1, 2, 3].map((attempts) => backOff(attempts, 0)), [1000, 2000, 4000]);
  equal(backOff(30, 1), 60_000);
  const wait = (retryAfter: string) => outcomeOf({ status: 503, body: "", retryAfter }, 1, 0, 0);
  deepEqual(wait("7"), {
    state: "waiting",
    response_status: 503,
    error: "The receiver answered with status 503.",
    wait: 7000,
  });
  equal(parseRetryAfter("Thu, 01 Jan 1970 00:00:09 GMT", 2000), 7000);
  equal(parseRetryAfter("Thu, 01 Jan 1970 00:00:01 GMT", 2000), 0);
  equal(parseRetryAfter("soon", 0), undefined);
  equal(parseRetryAfter("9".repeat(400), 0), 3_600_000);
});

Deno.test("a sealed secret opens for its owner with the key it was sealed with, also when that is an older one", async () => {
  const box = secretBox(["new", "old"]);
  await fc.assert(
    fc.asyncProperty(fc.string(), async (secret) => {
      const sealed = await box.seal(secret.toWellFormed(), "a");
      notDeepEqual(sealed, await box.seal(secret.toWellFormed(), "a"));
      equal(await box.open(sealed, "a"), secret.toWellFormed());
      await rejects(box.open(sealed, "b"), /another key/);
      await rejects(secretBox(["other"]).open(sealed, "a"), /another key/);
    }),
    { numRuns: 20 },
  );
  equal(await box.open(await secretBox(["old"]).seal("s", "a"), "a"), "s");
  await rejects(secretBox([]).seal("s", "a"), { code: "BAD_REQUEST" });
});

/**
 * Which IP addresses anybody may be sent to: those that the Internet routes. Sources: the special-purpose registries of IANA
 * for IPv4 and IPv6 (RFC 6890 and its successors).
 */

/** Networks of IPv4 that are not the Internet's, and how many bits name them. */
const special: readonly [network: string, bits: number][] = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // between a carrier and its customers; Alibaba's metadata service
  ["127.0.0.0", 8], // loopback
  ["168.63.129.16", 32], // Azure's host, from within its machines
  ["169.254.0.0", 16], // link-local; the metadata services of most clouds
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments; Oracle's metadata service
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // relays to 6to4
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 3], // multicast, reserved, broadcast
];

/** Networks within 2000::/3, all that the Internet routes, that it does not route: the first 16-bit groups and how many bits count. */
const special6: readonly [groups: readonly [number, number], bits: number][] = [
  [[0x2001, 0x0000], 23], // protocol assignments, Teredo among them, which wraps an IPv4 address
  [[0x2001, 0x0db8], 32], // documentation
  [[0x2002, 0x0000], 16], // 6to4, which wraps an IPv4 address
  [[0x3fff, 0x0000], 20], // documentation
];

/**
 * Whether an address, as a resolver or a URL writes it, is one of the Internet. What is no address, or carries a zone
 * ("fe80::1%eth0"), is not.
 */
export function isPublicAddress(address: string): boolean {
  const four = parseIPv4(address);
  if (four !== undefined) return isPublicIPv4(four);
  const groups = parseIPv6(address);
  return groups !== undefined && isPublicIPv6(groups);
}

/** The address that the host of a URL is, without the brackets of IPv6; undefined for a name. */
export function addressOfHost(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return parseIPv4(bare) !== undefined || parseIPv6(bare) !== undefined ? bare : undefined;
}

/** The 32 bits of four decimal numbers. Zeros before a number are refused: some read it as octal, others do not. */
function parseIPv4(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte < 256) ? bytes.reduce((bits, byte) => bits * 256 + byte, 0) : undefined;
}

/** The eight groups of an address: the parser of URLs knows every way to write one. */
function parseIPv6(text: string): number[] | undefined {
  if (!/^[0-9a-f:.]+$/i.test(text)) return undefined;
  const host = URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1);
  if (host === undefined) return undefined;
  const [start = [], end] = host.split("::").map((half) => half.split(":").filter((group) => group !== ""));
  const zeros = Array<string>(8 - start.length - (end?.length ?? 0)).fill("0");
  return [...start, ...zeros, ...end ?? []].map((group) => parseInt(group, 16));
}

const startsWith = (bits: number, network: number, length: number): boolean =>
  bits >>> (32 - length) === network >>> (32 - length);

const isPublicIPv4 = (bits: number): boolean =>
  !special.some(([network, length]) => startsWith(bits, parseIPv4(network) ?? 0, length));

function isPublicIPv6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, sixth = 0, seventh = 0, eighth = 0] = groups;
  const wrapped = seventh * 0x10000 + eighth;
  const middle = third + fourth + fifth;
  // ::ffff:0:0/96, an IPv4 address in the clothes of IPv6.
  if (first + second + middle === 0 && sixth === 0xffff) return isPublicIPv4(wrapped);
  // 64:ff9b::/96, by which networks without IPv4 reach it (NAT64).
  if (first === 0x64 && second === 0xff9b && middle + sixth === 0) return isPublicIPv4(wrapped);
  const bits = first * 0x10000 + second;
  const routed = first >>> 13 === 1;
  return routed &&
    !special6.some(([[one, other], length]) => startsWith(bits, one * 0x10000 + other, length));
}

import canonicalize from "canonicalize";
import { type ExactObject, type ExactValue, isDecimal, isObject } from "../../shared/log/exactJson";
import { LEDGER_NAMESPACE, UNHASHED } from "./rules";

/** What Web Crypto computes, once for each record. */

const encoder = new TextEncoder();

/** The hash of a record: SHA-256 of its canonical JSON (RFC 8785) without what it does not cover, in lower-case
 * hex; null if canonical JSON cannot represent it.
 */
export async function recordHash(record: ExactObject): Promise<string | null> {
  let text: string | undefined;
  try {
    text = canonicalize(plainObject(record, UNHASHED));
  } catch {
    return null;
  }
  return text === undefined ? null : hex(await crypto.subtle.digest("SHA-256", encoder.encode(text)));
}

/** The id of a SKU's record number `sequence`: a UUIDv5 (RFC 9562). */
export async function transactionId(sku: string, sequence: number | bigint): Promise<string> {
  const name = encoder.encode(`${sku}#${sequence}`);
  const hashed = new Uint8Array(16 + name.length);
  hashed.set(bytesOfHex(LEDGER_NAMESPACE.replaceAll("-", "")) ?? []);
  hashed.set(name, 16);
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", hashed)).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `TXN-${hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}`;
}

/** The bytes of a text in hex; null if it is none. Spaces between bytes are skipped, as Python does. */
export function bytesOfHex(text: string): Uint8Array<ArrayBuffer> | null {
  const pairs = /^\s*(?:[0-9a-fA-F]{2}\s*)*$/.test(text) ? (text.match(/[0-9a-fA-F]{2}/g) ?? []) : null;
  return pairs && Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

/** The bytes of a text in base64url without padding; null if it is none. No two texts are the same bytes. */
export function bytesOfBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    return null;
  }
  const decoded = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const written = btoa(decoded).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return written === text ? Uint8Array.from(decoded, (character) => character.charCodeAt(0)) : null;
}

function hex(bytes: ArrayBuffer | Uint8Array): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** As plain values; throws a TypeError for an integer that a JavaScript number does not hold. */
function plain(value: ExactValue): unknown {
  if (typeof value === "bigint") {
    throw new TypeError("an integer beyond 2 ** 53");
  }
  if (value === null || typeof value !== "object") return value;
  if (isDecimal(value)) return Number(value.decimal);
  return isObject(value) ? plainObject(value) : (value as readonly ExactValue[]).map(plain);
}

function plainObject(value: ExactObject, left: ReadonlySet<string> = new Set()): object {
  const members = [...value]
    .filter(([name]) => !left.has(name))
    .map(([name, member]) => [name, plain(member)]);
  // Without a prototype, so that a member named __proto__ or toJSON is a member.
  return Object.assign(Object.create(null), Object.fromEntries(members));
}

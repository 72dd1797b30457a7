import { bytesOfBase64url } from "./proofs";

/** A published key of the log, ready to verify with. */
export interface LedgerKey {
  readonly key: CryptoKey;
  /** Nothing later than this may be signed by it; null while it is in use. */
  readonly retired_at: string | null;
}

export type LedgerKeys = ReadonlyMap<string, LedgerKey>;

const ID = /^[A-Za-z0-9_-]{1,8}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const KEY_BYTES = 32;
const ED25519 = { name: "Ed25519" };

/** The set of keys is not one that the service publishes; the message says why. */
export class UnusableKeys extends Error {}

/** Whether this browser's Web Crypto verifies Ed25519. */
export async function knowsEd25519(): Promise<boolean> {
  try {
    // The base point's own encoding, which is a valid public key.
    const x = "WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY";
    await crypto.subtle.importKey("jwk", { kty: "OKP", crv: "Ed25519", x }, ED25519, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

/** Read a JSON Web Key Set; keys of other types are left out.
 *
 * @throws UnusableKeys
 */
export async function ledgerKeysOf(text: string): Promise<LedgerKeys> {
  const listed = listOf(text);
  const ours = listed.filter((key) => key.kty === "OKP" && key.crv === "Ed25519");
  if (listed.length > 0 && ours.length === 0) {
    throw new UnusableKeys("no key of the set is an Ed25519 key");
  }
  const keys = new Map<string, LedgerKey>();
  for (const { kid, x, d, alg = "EdDSA", use = "sig", created_at, retired_at = null } of ours) {
    const bytes = typeof x === "string" ? bytesOfBase64url(x) : null;
    const isValid =
      typeof kid === "string" &&
      ID.test(kid) &&
      !keys.has(kid) &&
      bytes?.length === KEY_BYTES &&
      d === undefined &&
      alg === "EdDSA" &&
      use === "sig" &&
      isMoment(created_at) &&
      (retired_at === null || isMoment(retired_at));
    if (!isValid) {
      throw new UnusableKeys(`the key ${String(kid)} is not valid`);
    }
    const key = await crypto.subtle.importKey("raw", bytes, ED25519, false, ["verify"]);
    keys.set(kid, { key, retired_at });
  }
  return keys;
}

function listOf(text: string): Record<string, unknown>[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = null;
  }
  const keys = (document as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) {
    throw new UnusableKeys("it is not a JSON Web Key Set");
  }
  return keys.filter((key) => typeof key === "object" && key !== null);
}

function isMoment(value: unknown): value is string {
  return typeof value === "string" && MOMENT.test(value);
}

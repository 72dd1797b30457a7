import type { ExactObject, ExactValue } from "../../shared/log/exactJson";
import type { LedgerKeys } from "./ledgerKeys";
import { bytesOfBase64url, bytesOfHex } from "./proofs";

/** What is wrong with a record's signature: which attribute, and what it should be; null if nothing is. */
export interface SignatureFault {
  readonly kind: "key_id" | "signature";
  readonly expected: string;
}

const SIGNATURE_BYTES = 64;

/** Check that a ledger key signed a record's hash, and was not retired before the record was made. */
export async function signatureFault(record: ExactObject, keys: LedgerKeys): Promise<SignatureFault | null> {
  const key = keys.get(textOf(record.get("key_id")));
  if (key === undefined) {
    return { kind: "key_id", expected: "a ledger key" };
  }
  if (key.retired_at !== null && textOf(record.get("timestamp")) > key.retired_at) {
    return { kind: "key_id", expected: `a ledger key that was not retired at ${key.retired_at}` };
  }
  const hash = bytesOfHex(textOf(record.get("hash")));
  const signature = bytesOfBase64url(textOf(record.get("signature")));
  if (hash === null || signature === null) {
    return { kind: "signature", expected: "a signature" };
  }
  const isGenuine =
    signature.length === SIGNATURE_BYTES && (await crypto.subtle.verify("Ed25519", key.key, signature, hash));
  return isGenuine ? null : { kind: "signature", expected: "that of hash by key_id" };
}

/** A value that should be a string; any other one is a text that is neither an id, a hash nor a signature. */
function textOf(value: ExactValue | undefined): string {
  return typeof value === "string" ? value : "not a string";
}

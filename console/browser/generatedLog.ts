import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A whole log of restocks of one unit, signed by a key of its own, in the form in which the service serves it.
 * It is made without the console's code, whose verification is tested with it.
 */
export interface GeneratedLog {
  readonly sku: string;
  readonly lines: readonly string[];
  readonly head: string;
  /** The key set of `GET /ledger-keys`. */
  readonly keys: string;
}

const NAMESPACE = "375ca399-193a-5043-8942-17047cf8f4b9";
const BEGIN = Date.parse("2026-02-23T10:30:00Z");

export function generatedLog(length: number): GeneratedLog {
  const sku = "SKU-PROD-E4F9A-BLK-L";
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const lines: string[] = [];
  let head = "0".repeat(64);
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const record = signed(restock(sku, sequence, head), privateKey);
    head = record.hash;
    lines.push(JSON.stringify(record));
  }
  const { x } = publicKey.export({ format: "jwk" });
  const created_at = "2026-01-01T00:00:00.000000Z";
  const key = { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid: "big-1", x, created_at };
  return { sku, lines, head, keys: JSON.stringify({ keys: [{ ...key, retired_at: null }] }) };
}

function restock(sku: string, sequence: number, previousHash: string) {
  const moment = new Date(BEGIN + sequence * 1000).toISOString();
  return {
    transaction_id: transactionId(sku, sequence),
    timestamp: moment.replace("Z", "000Z"),
    product_id: "PROD-E4F9A",
    sku,
    vendor_id: "VENDOR-001",
    transaction_type: "restock",
    quantity_change: 1,
    stock_before: sequence - 1,
    stock_after: sequence,
    order_id: null,
    performed_by: "vendor:VENDOR-001",
    notes: "Delivery",
    sequence,
    quantity: 1,
    reserved_before: 0,
    reserved_after: 0,
    request_id: `request-${sequence}`,
    form: 1,
    command: "restock",
    reason: null,
    order_step: null,
    order_previous: null,
    previous_hash: previousHash,
  };
}

function signed(record: ReturnType<typeof restock>, key: KeyObject) {
  // RFC 8785 of a flat object of ASCII names: in their order, and otherwise as JSON.stringify writes it.
  const digest = createHash("sha256")
    .update(JSON.stringify(record, Object.keys(record).sort()))
    .digest();
  const signature = sign(null, digest, key).toString("base64url");
  return { ...record, hash: digest.toString("hex"), signature, key_id: "big-1" };
}

function transactionId(sku: string, sequence: number): string {
  const namespace = Buffer.from(NAMESPACE.replaceAll("-", ""), "hex");
  const bytes = createHash("sha1").update(namespace).update(`${sku}#${sequence}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `TXN-${bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}`;
}

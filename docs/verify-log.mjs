// Verifies an exported stock log without any service, with Node 20 or newer: node verify-log.mjs log.jsonl keys.json
// The log: records of any SKUs, in any order, as GET /skus/{sku}/transactions returns them as application/x-ndjson.
// The keys: as GET /ledger-keys returns them.  Exit code: 0 whole, 1 faults, 2 a file cannot be used.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/; // such times compare as their texts do
const [keys, skus, faults] = [new Map(), new Map(), []];
function read(file, use) {
  try {
    use(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file)));
  } catch (error) {
    console.error(`${file} cannot be used: ${error.message}`);
    process.exit(2);
  }
}
function addKeys(listed) {
  if (!Array.isArray(listed)) throw new Error("it is not a JSON Web Key Set");
  for (const { crv, x, kid, retired_at } of listed.filter((key) => key?.crv === "Ed25519")) {
    if (keys.has(kid) || (retired_at != null && !TIME.test(retired_at))) throw new Error(`the key ${kid} is not valid`);
    keys.set(kid, { retired_at, publicKey: createPublicKey({ key: { kty: "OKP", crv, x }, format: "jwk" }) });
  }
}
// JSON.parse is exact for integers within 2 ** 53; other numbers, and names that occur twice, differ if written again.
const outsideStrings = (json) => json.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (part) => part.trim() && '"');
function addRecord(line, index) {
  if (line.trim()) try {
    const record = JSON.parse(line);
    const isExact = outsideStrings(line) === outsideStrings(JSON.stringify(record));
    if (!isExact || !/^SKU-[A-Z0-9-]+$/.test(record.sku) || !(record.sequence > 0)) throw new Error("wrong members");
    skus.set(record.sku, skus.get(record.sku) ?? []).get(record.sku).push(record);
  } catch (error) {
    faults.push(`Line ${index + 1} is not a record: ${JSON.stringify(error.message)}`);
  }
}
function check({ hash, signature, key_id, ...record }, before) {
  const fault = (text) => faults.push(`${record.sku} record ${record.sequence}: ${text}`);
  if (record.form !== 1) return fault("form is unknown");
  // RFC 8785: names in the order of their UTF-16 code units, strings and integers as JSON.stringify writes them.
  const digest = createHash("sha256").update(JSON.stringify(record, Object.keys(record).sort())).digest();
  if (hash !== digest.toString("hex")) fault("hash is not that of the record");
  if (record.sequence !== before.sequence + 1) fault(`follows ${before.sequence}: a record is missing or occurs twice`);
  else if (record.previous_hash !== before.hash) fault("previous_hash is not the hash of the record before");
  if (!TIME.test(record.timestamp) || record.timestamp <= before.timestamp) fault("timestamp is not a later one");
  const { publicKey, retired_at } = keys.get(key_id) ?? {};
  const bytes = Buffer.from(String(signature), "base64url"); // which ignores what is not base64url
  const isSigned = publicKey && verify(null, digest, publicKey, bytes) && bytes.toString("base64url") === signature;
  if (!isSigned) fault("signature is not that of the record by the key key_id");
  else if (retired_at && record.timestamp > retired_at) fault(`its key was retired at ${retired_at}`);
}
read(process.argv[3] ?? "keys.json", (text) => addKeys(JSON.parse(text)?.keys));
read(process.argv[2] ?? "log.jsonl", (text) => text.split("\n").forEach(addRecord));
const chains = [...skus].map(([sku, records]) => {
  const [{ sequence, previous_hash }] = records.sort((one, other) => one.sequence - other.sequence);
  const start = { sequence: sequence - 1, hash: sequence > 1 ? previous_hash : "0".repeat(64) };
  records.forEach((record, index) => check(record, records[index - 1] ?? start));
  return `${sku}  records ${sequence} to ${records.at(-1).sequence}  head ${records.at(-1).hash}`;
});
if (faults.length) console.error(faults.join("\n"));
else console.log([...chains, `${skus.size} SKUs are whole, and signed by ${keys.size} ledger keys.`].join("\n"));
process.exitCode = faults.length ? 1 : 0;

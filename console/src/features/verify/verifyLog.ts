import { type ExactObject, exactText, isObject, parseExact } from "../../shared/log/exactJson";
import { type ChainHead, type Computed, chainHeadAfter, checkRecord, EMPTY_LOG } from "./checkRecord";
import { type Integer, isInteger } from "./integers";
import type { LedgerKeys } from "./ledgerKeys";
import { type Mismatch, OrderLines } from "./orderLines";
import { recordHash, transactionId } from "./proofs";
import { isSku } from "./rules";
import { signatureFault } from "./signatures";

/** What differs at a record; both values are JSON texts. */
export interface ShownDifference {
  readonly kind: string;
  readonly expected: string;
  readonly found: string;
}

/** What is said of one record, or of a range of records that are missing. */
export interface VerifiedRow {
  /** The record's place in the log; 0 where it has none. */
  readonly sequence: Integer;
  /** Of missing records: the last one; else the same. */
  readonly last: Integer;
  /** Its line among those served, from 1; null for missing records. */
  readonly line: number | null;
  readonly differences: readonly ShownDifference[];
}

export function isBroken({ differences }: VerifiedRow): boolean {
  return differences.length > 0;
}

/** The hashes of a log's records, as they are stored. */
export interface LogHashes {
  readonly all: ReadonlySet<string>;
  /** That of the record with the highest number; null for an empty log. */
  readonly last: string | null;
}

/** How many records are computed at a time: enough for Web Crypto's threads, and soon enough for a progress bar. */
const BATCH = 250;
const UNREADABLE = "a record as the stock service writes it";

interface Entry {
  readonly line: number;
  readonly record: ExactObject;
  readonly sequence: Integer;
}

/** Verify a SKU's log, record by record, also after one that is broken.
 *
 * It says what the audit service's verification says, and is red first where the command line's verifier stops.
 *
 * @param lines one record a line, as the service serves them, in any order.
 * @param keys the ledger keys; null to check all but signatures.
 * @param onRows receives the rows in order, some at a time, and how many records are done.
 */
export async function verifyLog(
  sku: string,
  lines: readonly string[],
  keys: LedgerKeys | null,
  onRows: (rows: VerifiedRow[], done: number) => void,
): Promise<LogHashes> {
  const entries: Entry[] = [];
  const unreadable: VerifiedRow[] = [];
  lines.forEach((text, index) => {
    const record = recordOf(text);
    if (record === null) {
      unreadable.push(unreadableRow(index + 1, text));
    } else {
      const sequence = record.get("sequence");
      entries.push({ line: index + 1, record, sequence: isInteger(sequence) ? sequence : 0 });
    }
  });
  entries.sort((one, other) =>
    one.sequence < other.sequence ? -1 : one.sequence > other.sequence ? 1 : one.line - other.line,
  );
  if (unreadable.length > 0) onRows(unreadable, unreadable.length);
  const walk = new Walk(sku);
  for (let start = 0; start < entries.length; start += BATCH) {
    const batch = entries.slice(start, start + BATCH);
    const computed = await Promise.all(batch.map((entry) => compute(sku, entry, keys)));
    const rows = batch.flatMap((entry, index) => walk.check(entry, computed[index] as Computed));
    onRows(rows, unreadable.length + start + batch.length);
  }
  const hashes = entries.map(({ record }) => record.get("hash")).filter((hash) => typeof hash === "string");
  return { all: new Set(hashes), last: hashes.at(-1) ?? null };
}

async function compute(sku: string, { record, sequence }: Entry, keys: LedgerKeys | null): Promise<Computed> {
  const [id, hash, signature] = await Promise.all([
    transactionId(sku, sequence),
    recordHash(record),
    keys === null ? null : signatureFault(record, keys),
  ]);
  return { transactionId: id, hash, signature };
}

/** The walk along a log: what the next record has to continue. */
class Walk {
  readonly #sku: string;
  #expected: bigint = 1n;
  #before: ChainHead | null = EMPTY_LOG;
  /** Null after a missing record, which may be one of an order. */
  #orders: OrderLines | null = new OrderLines();

  constructor(sku: string) {
    this.#sku = sku;
  }

  check({ line, record, sequence }: Entry, computed: Computed): VerifiedRow[] {
    if (sequence < this.#expected) {
      const found = record.get("sequence") ?? null;
      return [{ sequence: 0, last: 0, line, differences: [shown(["unexpected_record", null, found])] }];
    }
    const rows: VerifiedRow[] = [];
    if (sequence > this.#expected) {
      rows.push(missingRow(this.#expected, BigInt(sequence) - 1n));
      this.#before = null;
      this.#orders = null;
    }
    const mismatches = checkRecord(record, this.#sku, sequence, this.#before, computed);
    const ofOrder = this.#orders?.add(record) ?? [];
    const differences = (mismatches.length > 0 ? mismatches : ofOrder).map(shown);
    rows.push({ sequence, last: sequence, line, differences });
    this.#before = chainHeadAfter(record);
    this.#expected = BigInt(sequence) + 1n;
    return rows;
  }
}

/** The record of a line; null if the line is none. */
function recordOf(text: string): ExactObject | null {
  try {
    const value = parseExact(text);
    const sku = isObject(value) ? value.get("sku") : null;
    return isObject(value) && typeof sku === "string" && isSku(sku) ? value : null;
  } catch {
    return null;
  }
}

function unreadableRow(line: number, text: string): VerifiedRow {
  return { sequence: 0, last: 0, line, differences: [shown(["unreadable_record", UNREADABLE, text])] };
}

function missingRow(first: bigint, last: bigint): VerifiedRow {
  const differences = [shown(["missing_record", null, null])];
  return { sequence: Number(first), last: Number(last), line: null, differences };
}

function shown([kind, expected, found]: Mismatch): ShownDifference {
  return { kind, expected: exactText(expected), found: exactText(found) };
}

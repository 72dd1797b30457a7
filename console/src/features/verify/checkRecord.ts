import type { ExactObject, ExactValue } from "../../shared/log/exactJson";
import { absolute, type Integer, isInteger, product, sum } from "./integers";
import type { Mismatch } from "./orderLines";
import {
  ATTRIBUTE_SET,
  ATTRIBUTES,
  FIRST_PREVIOUS_HASH,
  FORM,
  INTEGERS,
  OPTIONAL,
  productOf,
  STOCK_MAX,
  TYPES,
} from "./rules";
import type { SignatureFault } from "./signatures";

/** The state after a record of a log, which the next one has to continue. */
export interface ChainHead {
  readonly hash: ExactValue;
  readonly stock: ExactValue;
  readonly reserved: ExactValue;
  readonly timestamp: string | null;
  readonly vendorId: ExactValue;
}

export const EMPTY_LOG: ChainHead = {
  hash: FIRST_PREVIOUS_HASH,
  stock: 0,
  reserved: 0,
  timestamp: null,
  vendorId: null,
};

/** What Web Crypto has computed for a record. */
export interface Computed {
  readonly transactionId: string;
  readonly hash: string | null;
  readonly signature: SignatureFault | null;
}

/** Check record number `sequence` of a SKU, and that it continues the previous one.
 *
 * It is `check_record` of the Python library `inventory_common.ledger`, rule by rule; the same logs, with the
 * same results, are the tests of both.
 *
 * @param before the state after the previous record; null if that one is missing or cannot be read.
 */
export function checkRecord(
  record: ExactObject,
  sku: string,
  sequence: Integer,
  before: ChainHead | null,
  computed: Computed,
): Mismatch[] {
  const mismatches: Mismatch[] = [];
  const expect = (kind: string, expected: ExactValue, found: ExactValue | undefined) => {
    if (expected !== (found ?? null)) mismatches.push([kind, expected, found ?? null]);
  };
  const form = record.get("form");
  if (isInteger(form) && form !== FORM) {
    return [["form", `one of ${FORM}`, form]];
  }
  const malformed = malformedAttributes(record);
  const unlike = [...record.keys(), ...ATTRIBUTES].filter(
    (name) => !(record.has(name) && ATTRIBUTE_SET.has(name)),
  );
  if (unlike.length > 0) {
    mismatches.push(["attributes", [], unlike.sort()]);
  }
  for (const name of malformed) {
    const found = record.get(name);
    if (found !== undefined) mismatches.push([name, description(name), found]);
  }
  expect("transaction_id", computed.transactionId, record.get("transaction_id"));
  expect("sequence", sequence, record.get("sequence"));
  expect("sku", sku, record.get("sku"));
  expect("product_id", productOf(sku), record.get("product_id"));
  if (before !== null) {
    expect("stock_before", before.stock, record.get("stock_before"));
    expect("reserved_before", before.reserved, record.get("reserved_before"));
    expect("previous_hash", before.hash, record.get("previous_hash"));
    if (before.vendorId !== null) expect("vendor_id", before.vendorId, record.get("vendor_id"));
  }
  if (malformed.length === 0) {
    const timestamp = record.get("timestamp") as string;
    if (!isTimestamp(timestamp)) {
      mismatches.push(["timestamp", "a timestamp in UTC with six fractional digits", timestamp]);
    } else if (before !== null && before.timestamp !== null && timestamp <= before.timestamp) {
      mismatches.push(["timestamp", `later than ${before.timestamp}`, timestamp]);
    }
    for (const [kind, expected, found] of rulesOf(record)) expect(kind, expected, found);
  }
  expect("hash", computed.hash, record.get("hash"));
  if (computed.signature !== null) {
    const { kind, expected } = computed.signature;
    mismatches.push([kind, expected, record.get(kind) ?? null]);
  }
  return mismatches;
}

/** The state after a record; null if it is too damaged to have one. */
export function chainHeadAfter(record: ExactObject): ChainHead | null {
  if (malformedAttributes(record).length > 0) {
    return null;
  }
  const [hash, stock, reserved, timestamp, vendorId] = [
    "hash",
    "stock_after",
    "reserved_after",
    "timestamp",
    "vendor_id",
  ].map((name) => record.get(name) ?? null) as [ExactValue, ExactValue, ExactValue, string, ExactValue];
  return { hash, stock, reserved, timestamp, vendorId };
}

/** What the rules of the record's type demand, met or not. */
function rulesOf(record: ExactObject): Mismatch[] {
  const integer = (name: string) => record.get(name) as Integer;
  const type = record.get("transaction_type") as string;
  const rules = TYPES.get(type);
  if (rules === undefined) {
    return [["transaction_type", `one of ${[...TYPES.keys()].join(", ")}`, type]];
  }
  const demands: Mismatch[] = [];
  const [quantity, change] = [integer("quantity"), integer("quantity_change")];
  const [stock, reserved] = [integer("stock_after"), integer("reserved_after")];
  if (rules.is_signed) {
    demands.push(["quantity", absolute(change), quantity]);
  } else if (quantity < 1) {
    demands.push(["quantity", "1 or more", quantity]);
  }
  if (!rules.is_signed && !(rules.may_skip_stock && change === 0)) {
    demands.push(["quantity_change", product(rules.current_stock, quantity), change]);
  }
  demands.push(["stock_after", sum(integer("stock_before"), change), stock]);
  const reservedThen = sum(integer("reserved_before"), product(rules.reserved_stock, quantity));
  demands.push(["reserved_after", reservedThen, reserved]);
  if (!(0 <= reserved && reserved <= stock && stock <= STOCK_MAX)) {
    demands.push(["stock_after", `0 <= reserved_after <= stock_after <= ${STOCK_MAX}`, stock]);
  }
  const order = record.get("order_id") ?? null;
  if ((order !== null) !== rules.is_order) {
    demands.push(["order_id", rules.is_order ? "an order" : null, order]);
  }
  const command = record.get("command") as string;
  if (!rules.commands.includes(command)) {
    demands.push(["command", `one of ${rules.commands.join(", ")}`, command]);
  }
  return [...demands, ...(rules.is_order ? orderRules(record) : noOrderRules(record))];
}

function orderRules(record: ExactObject): Mismatch[] {
  const step = (record.get("order_step") ?? null) as Integer | null;
  const previous = (record.get("order_previous") ?? null) as Integer | null;
  if (step === null || step < 1) return [["order_step", "1 or more", step]];
  if (step === 1) return [["order_previous", null, previous]];
  if (previous === null || !(1 <= previous && previous < (record.get("sequence") as Integer))) {
    return [["order_previous", "the sequence of an earlier record", previous]];
  }
  return [];
}

function noOrderRules(record: ExactObject): Mismatch[] {
  return ["reason", "order_step", "order_previous"].map((name) => [name, null, record.get(name) ?? null]);
}

/** The attributes that are absent, or of another type than the services write. */
function malformedAttributes(record: ExactObject): string[] {
  return ATTRIBUTES.filter((name) => {
    const value = record.get(name);
    if (value === undefined) return true;
    if (value === null) return !OPTIONAL.has(name);
    return INTEGERS.has(name) ? !isInteger(value) : typeof value !== "string";
  });
}

function description(name: string): string {
  const type = INTEGERS.has(name) ? "an integer" : "a string";
  return OPTIONAL.has(name) ? `${type} or null` : type;
}

function isTimestamp(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text) || text.startsWith("0000")) {
    return false;
  }
  const seconds = text.slice(0, 19);
  const moment = new Date(`${seconds}Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(seconds);
}

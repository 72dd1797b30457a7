import type { ExactObject, ExactValue } from "../../shared/log/exactJson";
import { type Integer, isInteger, product, sum } from "./integers";
import { FOLD } from "./rules";

/** `attribute, expected, found` */
export type Mismatch = readonly [string, ExactValue, ExactValue];

/** An order's line of one SKU after some of its records. */
interface Line {
  /** Placed, reserved, confirmed, cancelled and refunded units. */
  readonly units: readonly Integer[];
  readonly steps: Integer;
  /** The sequence of the line's last record. */
  readonly last: Integer | null;
}

const NO_UNITS: readonly Integer[] = [0, 0, 0, 0, 0];

/** The lines that orders have of one SKU, by order, while its log is read from the first record on. */
export class OrderLines {
  readonly #lines = new Map<string, Line>();

  /** Add a record; where it does not continue its line, say what was expected. */
  add(record: ExactObject): Mismatch[] {
    const order = record.get("order_id");
    if (typeof order !== "string") {
      return [];
    }
    const line = this.#lines.get(order) ?? { units: NO_UNITS, steps: 0, last: null };
    const mismatches = links(line, record);
    const after = lineAfter(line, record);
    this.#lines.set(order, after);
    if (!isPossible(after.units)) {
      mismatches.push(["quantity", `at most what ${order} has left`, record.get("quantity") ?? null]);
    }
    return mismatches;
  }
}

function links(line: Line, record: ExactObject): Mismatch[] {
  // A line's first record, or the first one after a place that was undone.
  if (record.get("order_step") === 1 && line.units[0] === 0) {
    return [];
  }
  const expected = { order_step: sum(line.steps, 1), order_previous: line.last };
  return Object.entries(expected)
    .map(([name, value]): Mismatch => [name, value, record.get(name) ?? null])
    .filter(([, value, found]) => value !== found);
}

function lineAfter(line: Line, record: ExactObject): Line {
  const effect = FOLD.get(`${String(record.get("transaction_type"))} ${String(record.get("command"))}`);
  const [quantity, sequence, step] = ["quantity", "sequence", "order_step"].map((name) => record.get(name));
  const units = isInteger(quantity) ? quantity : 0;
  return {
    units: line.units.map((own, index) => sum(own, product(units, effect?.[index] ?? 0))),
    steps: isInteger(step) ? step : line.steps,
    last: isInteger(sequence) ? sequence : line.last,
  };
}

function isPossible(units: readonly Integer[]): boolean {
  const [placed, reserved, confirmed, cancelled, refunded] = units as [
    Integer,
    Integer,
    Integer,
    Integer,
    Integer,
  ];
  return (
    placed === sum(sum(reserved, confirmed), cancelled) &&
    reserved >= 0 &&
    cancelled >= 0 &&
    refunded >= 0 &&
    refunded <= confirmed &&
    confirmed <= placed
  );
}

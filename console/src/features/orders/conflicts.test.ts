import { describe, expect, it } from "vitest";
import { conflictRows } from "./conflicts";
import { lineOf, orderOf } from "./samples";

const RED = "SKU-PROD-AAAAA-RED";
const before = orderOf();
const now = orderOf({ status: "partially_confirmed", lines: [lineOf({ reserved: 2, confirmed: 3 })] });
const status = { label: "Status", yours: "Reserved", theirs: "Partially confirmed" };

describe("a command on an order that somebody else has changed", () => {
  it("shows the units of its lines beside those that are there now", () => {
    const lines = [{ product_id: "PROD-AAAAA", sku: RED, quantity: 4 }];
    expect(conflictRows({ type: "cancel", lines }, before, now)).toEqual([
      status,
      { label: RED, yours: "4", theirs: "2 reserved" },
    ]);
    expect(conflictRows({ type: "refund", lines, restock: true }, before, now)[1]?.theirs).toBe(
      "3 to refund",
    );
  });

  it("shows the lines that differ if it concerns all", () => {
    const lines = [lineOf({ reserved: 2, confirmed: 3 }), lineOf({ sku: "SKU-PROD-AAAAA-NEW" })];
    expect(conflictRows({ type: "confirm" }, before, { ...now, lines })).toEqual([
      status,
      { label: RED, yours: "5", theirs: "2 reserved" },
      { label: "SKU-PROD-AAAAA-NEW", yours: "0", theirs: "5 reserved" },
    ]);
  });

  it("shows both ends of the hold if it is about that", () => {
    const rows = conflictRows({ type: "reopen", hold_seconds: 60 }, before, { ...now, expires_at: null });
    expect(rows.map(({ label }) => label)).toEqual(["Status", "Hold ends"]);
    expect(rows[1]?.theirs).toBe("–");
  });

  it("shows a status that this page does not know as it is, and ten lines at most", () => {
    const skus = Array.from({ length: 12 }, (_, index) => lineOf({ sku: `SKU-PROD-AAAAA-${index}` }));
    const other = { ...orderOf({ lines: skus }), status: "packed" as never };
    const rows = conflictRows({ type: "confirm" }, orderOf({ lines: [] }), other);
    expect(rows[0]?.theirs).toBe("packed");
    expect(rows).toHaveLength(12);
    expect(rows.at(-1)?.label).toBe("and 2 lines more");
  });
});

import { describe, expect, it } from "vitest";
import { allUnits, amendmentOf, isOwner, isReason, settledUnits, typedUnits } from "./changes";
import { lineOf, orderOf } from "./samples";

const RED = "SKU-PROD-AAAAA-RED";
const BLUE = "SKU-PROD-AAAAA-BLUE";
const product_id = "PROD-AAAAA";
const order = orderOf({ lines: [lineOf(), lineOf({ sku: BLUE, reserved: 1, confirmed: 4 })] });

describe("the lines of a command", () => {
  it("are those with units", () => {
    expect(settledUnits(order, { [BLUE]: " 2 " })).toEqual([{ product_id, sku: BLUE, quantity: 2 }]);
    expect(settledUnits(order, {})).toEqual([]);
    for (const typed of ["0", "-1", "x", "1.5"]) expect(settledUnits(order, { [RED]: typed })).toBeNull();
  });

  it("are all with what is left of them, where lines have to be named", () => {
    expect(allUnits(order, "refund")).toEqual([{ product_id, sku: BLUE, quantity: 4 }]);
    expect(allUnits(order, "cancel").map(({ quantity }) => quantity)).toEqual([5, 1]);
  });

  it("that are typed have a SKU each, once, and units", () => {
    const line = (sku: string, quantity: string, id = 0) => ({ id, sku, quantity });
    expect(typedUnits([line(` ${RED.toLowerCase()} `, "3"), line("", "", 1)])).toEqual([
      { product_id, sku: RED, quantity: 3 },
    ]);
    expect(typedUnits([line(RED, "3"), line(RED, "1", 1)])).toBeNull();
    expect(typedUnits([line(RED, "3")], [RED])).toBeNull();
    expect(typedUnits([line(RED, "")])).toBeNull();
    expect(typedUnits([line("mug", "1")])).toBeNull();
  });
});

describe("an amendment", () => {
  it("names what changes, and how many units that adds and releases", () => {
    const added = [{ id: 0, sku: "SKU-PROD-BBBBB-ONE", quantity: "7" }];
    expect(amendmentOf(order, { [RED]: "2", [BLUE]: "3" }, added)).toEqual({
      lines: [
        { product_id, sku: RED, quantity: 2 },
        { product_id, sku: BLUE, quantity: 3 },
        { product_id: "PROD-BBBBB", sku: "SKU-PROD-BBBBB-ONE", quantity: 7 },
      ],
      added: 9,
      released: 3,
      cancelsAll: false,
    });
  });

  it("that changes nothing is empty, and one that is no number is none", () => {
    expect(amendmentOf(order, { [RED]: "5" }, [])?.lines).toEqual([]);
    expect(amendmentOf(order, { [RED]: "" }, [])).toBeNull();
  });

  it("cancels the whole order only if nothing of it is confirmed", () => {
    expect(amendmentOf(orderOf(), { [RED]: "0" }, [])?.cancelsAll).toBe(true);
    expect(amendmentOf(order, { [RED]: "0", [BLUE]: "0" }, [])?.cancelsAll).toBe(false);
  });
});

it("knows words for reasons and owners", () => {
  expect(["", "returned", "customer_request", "x-1"].every(isReason)).toBe(true);
  expect(["Broken", "two words", "x".repeat(41)].some(isReason)).toBe(false);
  expect(["", "default", "web-shop"].every(isOwner)).toBe(true);
  expect(["-x", "Web", "x".repeat(33)].some(isOwner)).toBe(false);
});

import { describe, expect, it } from "vitest";
import type { Order } from "../../shared/api/clients";
import { ACTIONS, actionsOf, hindranceOf, isRunning, totalOf } from "./allowed";
import { lineOf, orderOf } from "./samples";

const offered = (order: Order) => ACTIONS.filter((action) => hindranceOf(order, action) === null);

describe("what the status of an order allows", () => {
  it("follows the table of statuses", () => {
    expect(offered(orderOf())).toEqual(["confirm", "cancel", "amend", "extend"]);
    const confirmed = lineOf({ reserved: 0, confirmed: 5 });
    expect(offered(orderOf({ status: "confirmed", lines: [confirmed] }))).toEqual(["refund"]);
    const cancelled = lineOf({ reserved: 0, cancelled: 5 });
    expect(offered(orderOf({ status: "cancelled", lines: [cancelled] }))).toEqual(["reopen"]);
    const partly = lineOf({ reserved: 2, confirmed: 3 });
    expect(offered(orderOf({ status: "partially_confirmed", lines: [partly] }))).toEqual([
      "confirm",
      "cancel",
      "refund",
      "amend",
      "extend",
    ]);
    const refunded = lineOf({ reserved: 0, confirmed: 5, refunded: 5 });
    expect(offered(orderOf({ status: "refunded", lines: [refunded] }))).toEqual([]);
  });

  it("has a reason for each action that it does not allow", () => {
    const confirmed = orderOf({ status: "confirmed", lines: [lineOf({ reserved: 0, confirmed: 5 })] });
    expect(hindranceOf(confirmed, "confirm")).toBe("nothingReserved");
    expect(hindranceOf(confirmed, "reopen")).toBe("nothingReleased");
    expect(hindranceOf(orderOf(), "refund")).toBe("nothingToRefund");
    expect(hindranceOf(orderOf(), "reopen")).toBe("stillReserved");
    expect(hindranceOf(orderOf({ status: "cancelled", lines: [] }), "reopen")).toBe("noLines");
  });

  it("is nothing while a command runs", () => {
    for (const status of ["placing", "releasing", "confirming", "cancelling", "refunding"] as const) {
      expect(isRunning(orderOf({ status }))).toBe(true);
      expect(offered(orderOf({ status }))).toEqual([]);
    }
  });

  it("is everything for a status that this page does not know", () => {
    expect(offered(orderOf({ status: "packed" as Order["status"] }))).toEqual([...ACTIONS]);
  });

  it("is left to the desk, except that vendors cancel and refund", () => {
    expect(actionsOf("desk")).toEqual([...ACTIONS]);
    expect(actionsOf("vendor")).toEqual(["cancel", "refund"]);
    expect(actionsOf("auditor")).toEqual([]);
  });
});

it("sums the units that a command can concern", () => {
  const lines = [lineOf(), lineOf({ reserved: 1, confirmed: 4, refunded: 1 })];
  expect(totalOf(orderOf({ lines }), "confirm")).toBe(6);
  expect(totalOf(orderOf({ lines }), "refund")).toBe(3);
});

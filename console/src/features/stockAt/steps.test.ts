import { expect, test } from "vitest";
import { stepsOf } from "./steps";

const span = { first: 0, last: 10_000, step: 10 };

test("each level is held until the next record, and the last one until now", () => {
  const records = [
    { timestamp: "1970-01-01T00:00:05.000000Z", stock_after: 5 },
    { timestamp: "1970-01-01T00:00:01.000000Z", stock_after: 20 },
  ];
  expect(stepsOf(records, span)).toBe("M100 0H500V75H1000");
});

test("without records there is no line, and without stock it lies at the bottom", () => {
  expect(stepsOf([], span)).toBe("");
  expect(stepsOf([{ timestamp: "1970-01-01T00:00:01.000000Z", stock_after: 0 }], span)).toBe("M100 100H1000");
});

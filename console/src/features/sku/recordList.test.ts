import { describe, expect, it } from "vitest";
import { joins, mergeRecords, withRecord } from "./recordList";

const numbered = (...sequences: number[]) => sequences.map((sequence) => ({ sequence }));

describe("the records of a SKU", () => {
  it("stay newest first, each once, when newer ones are read", () => {
    expect(mergeRecords(numbered(3, 2, 1), numbered(5, 4, 3))).toEqual(numbered(5, 4, 3, 2, 1));
    expect(mergeRecords([], numbered(2, 1))).toEqual(numbered(2, 1));
  });

  it("have no gap if the newer ones reach the known ones", () => {
    expect(joins(numbered(3, 2, 1), numbered(5, 4))).toBe(true);
    expect(joins(numbered(3, 2, 1), numbered(6, 5))).toBe(false);
    expect(joins([], numbered(2, 1))).toBe(true);
    expect(joins(numbered(1), [])).toBe(true);
  });

  it("take the record of a command at once if it is the next one", () => {
    const known = numbered(2, 1);
    expect(withRecord(known, { sequence: 3 })).toEqual(numbered(3, 2, 1));
    expect(withRecord(known, { sequence: 5 })).toBe(known);
  });
});

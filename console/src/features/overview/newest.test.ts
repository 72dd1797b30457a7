import { describe, expect, it } from "vitest";
import { joinedRecords, type NewestRecords, RECORDS_MAX, refreshFrom } from "./newest";

const at = (second: number) => `2026-02-01T00:${String(second).padStart(2, "0")}:00.000000Z`;
const record = (minute: number, id = `TXN-${minute}`) => ({ transaction_id: id, timestamp: at(minute) });
const known = (
  minutes: readonly number[],
  members: Partial<NewestRecords<ReturnType<typeof record>>> = {},
) => ({ records: minutes.map((minute) => record(minute)), isAll: true, readAt: 0, grownAt: 0, ...members });

describe("the newest records", () => {
  it("are joined by what a refresh read, newest first, each once", () => {
    const joined = joinedRecords(
      known([3, 2, 1]),
      { records: [record(5), record(4), record(3)], isAll: true },
      7,
    );
    expect(joined.records.map(({ timestamp }) => timestamp)).toEqual([5, 4, 3, 2, 1].map(at));
    expect(joined).toMatchObject({ isAll: true, readAt: 7, grownAt: 7 });
  });

  it("take in one that was written later than a newer one", () => {
    const joined = joinedRecords(
      known([5, 1]),
      { records: [record(5), record(3, "TXN-late")], isAll: true },
      7,
    );
    expect(joined.records.map(({ timestamp }) => timestamp)).toEqual([5, 3, 1].map(at));
  });

  it("are the same list if nothing is new", () => {
    const before = known([2, 1]);
    const joined = joinedRecords(before, { records: [record(2)], isAll: true }, 9);
    expect(joined.records).toEqual(before.records);
    expect(joined).toMatchObject({ readAt: 9, grownAt: 0 });
  });

  it("are read anew if more has happened than is kept", () => {
    const read = Array.from({ length: RECORDS_MAX }, (_, index) => record(9, `TXN-new-${index}`));
    const joined = joinedRecords(known([1]), { records: read, isAll: false }, 7);
    expect(joined.records).toHaveLength(RECORDS_MAX);
    expect(joined.records).not.toContainEqual(record(1));
    expect(joined.isAll).toBe(false);
  });

  it("stay as many as are kept, and are no longer all then", () => {
    const full = Array.from({ length: RECORDS_MAX }, (_, index) => record(1, `TXN-old-${index}`));
    const joined = joinedRecords(known([], { records: full }), { records: [record(2)], isAll: true }, 7);
    expect(joined.records).toHaveLength(RECORDS_MAX);
    expect(joined.records[0]).toEqual(record(2));
    expect(joined.isAll).toBe(false);
  });

  it("are read from half a minute before the newest until nothing older can come, then from the newest", () => {
    expect(refreshFrom(known([2], { readAt: 10_000 }))).toBe("2026-02-01T00:01:30.000Z");
    expect(refreshFrom(known([2], { readAt: 30_000 }))).toBe(at(2));
    expect(refreshFrom(known([]))).toBeUndefined();
  });
});

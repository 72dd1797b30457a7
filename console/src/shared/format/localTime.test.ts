import { expect, test } from "vitest";
import { fieldOfMoment, momentOfField } from "./localTime";

test("a moment comes back from the field that shows it, in any zone", () => {
  for (const moment of ["2026-02-23T14:20:00.000Z", "2026-07-01T23:59:59.007Z"]) {
    expect(momentOfField(fieldOfMoment(moment))).toBe(moment);
  }
});

test("what is no moment is an empty field, and an empty field is no moment", () => {
  expect([fieldOfMoment(undefined), fieldOfMoment("soon")]).toEqual(["", ""]);
  expect([momentOfField(""), momentOfField("soon")]).toEqual([null, null]);
});

import { describe, expect, it } from "vitest";
import { draftErrors, draftOf } from "./draft";

const PLANNED = { attributes: { size: "L" }, name: "L", code: "L" };
const FOR_ALL = { price: "10.00", threshold: "5" };
const draft = (typed = {}) => draftOf(PLANNED, typed, FOR_ALL);

describe("variants that are to be created", () => {
  it("are as planned until something else is typed", () => {
    expect(draft()).toEqual({
      attributes: { size: "L" },
      isLeftOut: false,
      name: "L",
      code: "L",
      price: "10.00",
      threshold: "5",
    });
    expect(draft({ code: "LARGE", price: "12" })).toMatchObject({
      code: "LARGE",
      price: "12",
      threshold: "5",
    });
  });

  it("say what the service would refuse", () => {
    const wrong = draft({ name: " ", code: "l", price: "x", threshold: "1.5" });
    expect(draftErrors([draft(), wrong], new Set())).toEqual([[], ["name", "code", "price", "threshold"]]);
    expect(draftErrors([draft()], new Set(["L"]))).toEqual([["code"]]);
  });

  it("have codes of their own", () => {
    expect(draftErrors([draft(), draft()], new Set())).toEqual([["code"], ["code"]]);
    expect(draftErrors([draft(), draft({ isLeftOut: true })], new Set())).toEqual([[], []]);
  });

  it("are not looked at when they are left out", () => {
    expect(draftErrors([draft({ isLeftOut: true, name: "", code: "" })], new Set())).toEqual([[]]);
  });
});

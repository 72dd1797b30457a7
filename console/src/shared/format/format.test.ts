import { expect, test } from "vitest";
import { csvOf, harmless } from "./csv";
import { formatChange, formatMoney, formatQuantity, parseMoney, parseQuantity } from "./numbers";
import { formatTime, formatUtc } from "./times";

test("numbers are shown with separators, and read back as they are shown", () => {
  expect([formatQuantity(1250), formatChange(1250), formatChange(-3), formatMoney(1299.5)]).toEqual([
    "1,250",
    "+1,250",
    "-3",
    "1,299.50",
  ]);
  expect(parseQuantity("1,250")).toBe(1250);
  expect(parseMoney("1,299.50")).toBe(1299.5);
});

test("what is no whole number in the limits is refused", () => {
  for (const text of ["", "1.5", "x", "1e3", "-1", "1000000001", "٣"]) {
    expect(parseQuantity(text)).toBeNull();
  }
  expect(parseQuantity("-3", -10, 10)).toBe(-3);
  expect(parseQuantity("−3", -10, 10)).toBe(-3);
  expect(parseQuantity("+4", -10, 10)).toBe(4);
  expect(parseQuantity("0", 1)).toBeNull();
});

test("a price has at most two decimals, and a comma is never one", () => {
  for (const text of ["", "1.234", "-1", "1,5", "12,50", "10000000", "$5"]) {
    expect(parseMoney(text)).toBeNull();
  }
  expect([parseMoney("0"), parseMoney("12.5"), parseMoney(" 9999999.99 ")]).toEqual([0, 12.5, 9999999.99]);
});

test("times are shown in UTC to the second, and what is none as it is", () => {
  expect(formatUtc("2026-02-23T14:20:07.123456Z")).toBe("2026-02-23, 14:20:07");
  expect(formatTime("soon")).toBe("soon");
});

test("texts of CSV are no formulas, by the rule of the command line's exports, and numbers stay numbers", () => {
  expect(harmless("=A1")).toBe("'=A1");
  expect(harmless("Tea;-3")).toBe("Tea;'-3");
  expect(harmless("'=A1")).toBe("''=A1");
  expect(harmless("'tis")).toBe("'tis");
  expect(harmless("a\n@b\t+c")).toBe("a\n'@b\t'+c");
  expect(harmless("\uff1d1")).toBe("'\uff1d1");
  expect(
    csvOf(
      ["a", "b"],
      [
        ["=1", -3],
        ['say "x", y', null],
        ["two\nlines", true],
      ],
    ),
  ).toBe('\ufeffa,b\r\n\'=1,-3\r\n"say ""x"", y",\r\n"two\nlines",true\r\n');
});

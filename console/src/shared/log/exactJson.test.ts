import { expect, test } from "vitest";
import { exactText, isObject, parseExact } from "./exactJson";

test.each([
  '{"a":9007199254740993,"b":5.0,"c":-0.10e+2,"d":[null,true,false,"x\\n"],"e":{}}',
  "[]",
  '"\\u2028 \\ud83c\\udfa7"',
  "-12",
])("%s is written as it was, with its numbers", (text) => {
  expect(exactText(parseExact(text))).toBe(
    text.replaceAll(/\\u[0-9a-f]{4}/g, (code) => JSON.parse(`"${code}"`)),
  );
});

test.each([
  "",
  "{",
  "[1,]",
  '{"a":1,}',
  '{"a":1,"a":2}',
  "01",
  "1.",
  "NaN",
  "'a'",
  '"tab\t"',
  '"\\x"',
  "1 2",
  "[".repeat(500),
])("%j is no JSON of one meaning", (text) => {
  expect(() => parseExact(text)).toThrow(SyntaxError);
});

test("integers beyond 2 ** 53 and decimals are other values than the numbers they look like", () => {
  const value = parseExact('{"large": 9007199254740993, "five": 5.0, "small": 5}');
  expect(isObject(value) && [...value.values()]).toEqual([9007199254740993n, { decimal: "5.0" }, 5]);
});

test("members keep their order and stand on lines of their own where a person reads them", () => {
  expect(exactText(parseExact('{"b":1,"a":[1.50,{}]}'), 2)).toBe(
    '{\n  "b": 1,\n  "a": [\n    1.50,\n    {}\n  ]\n}',
  );
});

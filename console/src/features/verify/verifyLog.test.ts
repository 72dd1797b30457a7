import { expect, test } from "vitest";
import cases from "./generated/cases.json";
import { ledgerKeysOf, UnusableKeys } from "./ledgerKeys";
import { type VerifiedRow, verifyLog } from "./verifyLog";

const KEYS = JSON.stringify(cases.keys);

async function rowsOf(lines: readonly string[], withKeys: boolean) {
  const rows: VerifiedRow[] = [];
  await verifyLog(cases.sku, lines, withKeys ? await ledgerKeysOf(KEYS) : null, (some) => rows.push(...some));
  return rows.map(({ differences, sequence, last, line }) => ({
    sequence,
    last,
    line,
    differences: differences.map(({ kind, expected, found }) => [kind, expected, found]),
  }));
}

test("the cases are many, and most of them are broken", () => {
  expect(cases.cases.length).toBeGreaterThan(40);
  expect(cases.cases.filter(({ broken }) => broken !== null).length).toBeGreaterThan(35);
});

test.each(cases.cases)("$name: as the Python library says", async ({ lines, rows, without_keys }) => {
  const texts = lines.map((index) => cases.lines[index] ?? "");
  expect(await rowsOf(texts, true)).toEqual(rows);
  expect(await rowsOf(texts, false)).toEqual(without_keys);
});

test.each(cases.cases)("$name: red first where the command line stops", ({ broken, rows }) => {
  const first = rows.find(({ differences }) => differences.length > 0);
  const [, line] = /^Line (\d+)/.exec(broken ?? "") ?? [];
  const [, record] = /^Record (\d+)/.exec(broken ?? "") ?? [];
  if (line !== undefined) {
    expect(first?.line).toBe(Number(line));
  } else if (record !== undefined) {
    // The command line makes a log of its own of a record that names another SKU.
    expect(first?.sequence).toBe(Number(record));
  } else {
    expect([broken, first]).toEqual([null, undefined]);
  }
});

test.each([
  "{",
  "[]",
  '{"keys": [{"kty": "RSA"}]}',
  KEYS.replace("test-1", "old-1"),
  KEYS.replace('"retired_at":"', '"retired_at":"x'),
  KEYS.replace('"x":"', '"x":"A'),
])("a set of keys that is none of ours is refused", async (text) => {
  await expect(ledgerKeysOf(text)).rejects.toThrow(UnusableKeys);
});

import { expect, test } from "vitest";
import { findingOf, orderOf } from "./finding";

const LINE =
  '{"finding_id":"FIND-1","kind":"stock_without_record","occurred_at":"2026-02-23T14:20:00.000000Z",' +
  '"vendor_id":"VENDOR-001","product_id":null,"sku":"SKU-PROD-E4F9A-BLK-L","transaction_id":null,' +
  '"differences":[{"transaction_id":null,"kind":"current_stock","expected":7,"found":9007199254740993.0},' +
  '{"kind":"ORDER-12 seal (ledger keys)","expected":"a genuine seal","found":"#ORDER"}],"later":1}';

test("a finding keeps the service's values digit for digit, and its line", () => {
  const finding = findingOf(LINE);
  expect(finding.line).toBe(LINE);
  expect([finding.sku, finding.productId, finding.kind]).toEqual([
    "SKU-PROD-E4F9A-BLK-L",
    null,
    "stock_without_record",
  ]);
  expect(finding.differences[0]).toEqual({
    kind: "current_stock",
    expected: "7",
    found: "9007199254740993.0",
  });
});

test("the order that a finding names can be opened", () => {
  expect(orderOf(findingOf(LINE))).toBe("ORDER-12");
  expect(orderOf(findingOf("{}"))).toBeNull();
});

import { expect, test } from "vitest";
import { liveSkuOf } from "./liveSku";

test("of the service's own verification only what it says of the live SKU is taken", () => {
  const answer =
    '{"checked":1,"head_hash":"ab","findings":[' +
    '{"transaction_id":"TXN-1","kind":"stock_after","expected":1,"found":2},' +
    '{"transaction_id":"TXN-1","kind":"sku.current_stock","expected":18,"found":70.50}],"next_cursor":"x"}';
  expect(liveSkuOf(answer)).toEqual({
    head: "ab",
    live: [{ kind: "sku.current_stock", expected: "18", found: "70.50" }],
  });
  expect(liveSkuOf('{"head_hash":null,"findings":[]}')).toEqual({ head: null, live: [] });
});

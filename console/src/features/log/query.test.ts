import { expect, test } from "vitest";
import { logAddress } from "../../shared/log/addresses";
import { fileName, queryOf } from "./query";

const read = (address: string) => queryOf(new URL(address, "http://console.invalid").searchParams);

test("what the form asks for stands in the address, and comes back from it", () => {
  const query = {
    subject: "sku",
    id: "SKU-PROD-E4F9A-BLK-L",
    type: "refund",
    from: "2026-02-23T14:20:00.000Z",
    to: "2026-02-24T00:00:00.000Z",
    order: "asc",
  } as const;
  expect(read(logAddress(query))).toEqual(query);
  expect(fileName(query)).toBe("log-SKU-PROD-E4F9A-BLK-L-refund-20260223T142000000Z-20260224T000000000Z");
});

test("nothing is asked for until an id is named", () => {
  expect(read("/log")).toBeNull();
  expect(read("/log?sku=&type=refund")).toBeNull();
});

test("newest first is the order unless the address has another one", () => {
  expect(read("/log?vendor=VENDOR-001&sort=soon")?.order).toBe("desc");
});

test("an order's records have neither period nor type, which the service does not offer", () => {
  expect(read("/log?order=ORDER-1&type=refund&from=2026-02-23T14:20:00Z")).toEqual({
    subject: "order",
    id: "ORDER-1",
  });
});

import { expect, test } from "vitest";
import { configOf } from "./config";
import { ownAddress } from "./hosted";
import { principalOf, UnknownRole } from "./principal";

const token = (claims: unknown) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;

test("role and vendor come from the groups and the vendor claim of the token", () => {
  const vendor = token({
    sub: "1",
    "cognito:groups": ["vendor"],
    "custom:vendor_id": "VENDOR-7",
    email: "ana@shop.example",
  });
  expect(principalOf(vendor)).toEqual({
    role: "vendor",
    vendorId: "VENDOR-7",
    name: "ana@shop.example",
    subject: "1",
  });
  expect(principalOf(token({ sub: "2", "cognito:groups": ["orders"] })).role).toBe("desk");
  expect(principalOf(token({ sub: "3", "cognito:groups": ["auditor", "admin"] })).role).toBe("admin");
  expect(
    principalOf(token({ sub: "4", "cognito:groups": ["admin"], "custom:vendor_id": "VENDOR-7" })).vendorId,
  ).toBeNull();
  expect(principalOf(token({ sub: "5", "cognito:groups": ["vendor"] })).vendorId).toBeNull();
});

test("a token of no known group is no principal", () => {
  expect(() => principalOf(token({ sub: "1" }))).toThrow(UnknownRole);
  expect(() => principalOf(token({ sub: "1", "cognito:groups": ["customers"] }))).toThrow(UnknownRole);
});

test("the configuration names a way to sign in, or is refused", () => {
  expect(configOf({ sign_in: "development", demo: true })).toEqual({ sign_in: "development", demo: true });
  const hosted = {
    sign_in: "hosted",
    authority: "https://a.example",
    client_id: "c",
    hosted_login: "https://l.example/",
  };
  expect(configOf(hosted)).toEqual({ ...hosted, hosted_login: "https://l.example", demo: false });
  for (const wrong of [null, "text", {}, { sign_in: "hosted" }, { sign_in: "other" }]) {
    expect(() => configOf(wrong)).toThrow("names no way to sign in");
  }
});

test("a sign-in returns to an address of this console alone", () => {
  expect(ownAddress("/inventory?show=low")).toBe("/inventory?show=low");
  for (const foreign of [
    "https://elsewhere.example",
    "//elsewhere.example",
    "/\\elsewhere.example",
    7,
    undefined,
    "",
  ]) {
    expect(ownAddress(foreign)).toBe("/");
  }
});

import { createHash } from "node:crypto";
import type { Browser, BrowserContext, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  CONSOLE_URL,
  newVendor,
  openPage,
  SLOWNESS,
  seedProduct,
  seedSku,
  startBrowser,
  tokenOf,
} from "./support";

/** An identity provider in the browser's network: it answers as Cognito's hosted login does. Its addresses are
 * the console's own, as the local policy allows no others.
 */
class HostedLogin {
  readonly vendor = newVendor();
  readonly grants: URLSearchParams[] = [];
  authorized = 0;
  #challenge = "";
  /** What the person does at the login. */
  refuses = false;
  /** Whether the session at the login has ended: its refresh tokens are refused. */
  ended = false;

  async serve(context: BrowserContext): Promise<void> {
    const url = `${CONSOLE_URL}/login`;
    await context.route("**/config.json", (route) =>
      route.fulfill({
        json: { sign_in: "hosted", authority: url, client_id: "console", hosted_login: url, demo: false },
      }),
    );
    await context.route("**/login/.well-known/openid-configuration", (route) =>
      route.fulfill({
        json: {
          issuer: url,
          authorization_endpoint: `${url}/oauth2/authorize`,
          token_endpoint: `${url}/oauth2/token`,
          jwks_uri: `${url}/jwks.json`,
        },
      }),
    );
    await context.route("**/login/oauth2/authorize?**", (route) => this.#authorize(route));
    await context.route("**/login/oauth2/token", (route) => this.#token(route));
    await context.route("**/login/logout?**", (route) =>
      route.fulfill({ contentType: "text/html", body: "<p>Bye</p>" }),
    );
  }

  async #authorize(route: Route): Promise<void> {
    const query = new URL(route.request().url()).searchParams;
    this.authorized += 1;
    this.#challenge = query.get("code_challenge") ?? "";
    expect(query.get("code_challenge_method")).toBe("S256");
    expect(query.get("response_type")).toBe("code");
    const back = new URL(query.get("redirect_uri") ?? "");
    expect(back.href).toBe(`${CONSOLE_URL}/`);
    back.searchParams.set("state", query.get("state") ?? "");
    if (this.refuses) {
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", "The account is disabled.");
    } else {
      back.searchParams.set("code", "code-1");
    }
    await route.fulfill({ status: 302, headers: { Location: back.href } });
  }

  async #token(route: Route): Promise<void> {
    const form = new URLSearchParams(route.request().postData() ?? "");
    this.grants.push(form);
    if (this.ended && form.get("grant_type") === "refresh_token") {
      await route.fulfill({ status: 400, json: { error: "invalid_grant" } });
      return;
    }
    if (form.get("grant_type") === "authorization_code") {
      const hash = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest("base64url");
      expect(hash).toBe(this.#challenge);
    }
    await route.fulfill({
      json: {
        id_token: await tokenOf("vendor", this.vendor),
        access_token: "access",
        refresh_token: "refresh",
        token_type: "Bearer",
        expires_in: 3600,
      },
    });
  }
}

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

async function openHosted(login: HostedLogin, address: string) {
  const opened = await openPage(browser, { address: "about:blank" });
  await login.serve(opened.context);
  await opened.page.goto(address);
  return opened;
}

test("a deep link goes through the hosted login once, and returns to the same address", async () => {
  const login = new HostedLogin();
  const { page, context, recorder } = await openHosted(login, "/inventory?show=low&q=mug");
  await page.getByRole("heading", { name: "No SKUs yet" }).waitFor();
  expect(page.url()).toBe(`${CONSOLE_URL}/inventory?show=low&q=mug`);
  expect(login.authorized).toBe(1);
  const kept = await page.evaluate(
    () => JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage }),
  );
  expect(kept).not.toMatch(/eyJ|refresh|access/);
  await page.reload();
  await page.getByRole("heading", { name: "No SKUs yet" }).waitFor();
  expect(page.url()).toBe(`${CONSOLE_URL}/inventory?show=low&q=mug`);
  expect(login.authorized).toBe(2);
  recorder.expectClean();
  await context.close();
});

test("the first page waits for the person, and the shelf needs no sign-in", async () => {
  const login = new HostedLogin();
  const { page, context, recorder } = await openHosted(login, "/");
  await page.getByRole("link", { name: "Look at the public shelf" }).waitFor();
  expect(await page.getByRole("button", { name: "Vendor", exact: true }).count()).toBe(0);
  expect(login.authorized).toBe(0);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/overview");
  expect(login.authorized).toBe(1);
  recorder.expectClean();
  await context.close();
});

test("a refusal of the login is shown, and not asked for again by itself", async () => {
  const login = new HostedLogin();
  login.refuses = true;
  const { page, context } = await openHosted(login, "/inventory");
  await page.getByText("The account is disabled.").waitFor();
  await page.goto("/inventory");
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  expect(login.authorized).toBe(1);
  login.refuses = false;
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/inventory");
  await page.getByRole("heading", { name: "No SKUs yet" }).waitFor();
  await context.close();
});

test("a token that ends is renewed by the refresh token, without leaving the page", async () => {
  const login = new HostedLogin();
  const { page, context, recorder } = await openHosted(login, "/");
  recorder.allow(/401/);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/overview");
  let refused = false;
  await page.route("**/api/stock/**", (route) => {
    if (refused) {
      return route.continue();
    }
    refused = true;
    return route.fulfill({ status: 401, contentType: "application/problem+json", body: "{}" });
  });
  await page.getByRole("navigation").getByRole("link", { name: "Inventory" }).click();
  await page.getByRole("heading", { name: "No SKUs yet" }).waitFor();
  // The list is read again every 10 seconds.
  await expect
    .poll(() => login.grants.map((form) => form.get("grant_type")), { timeout: 25_000 * SLOWNESS })
    .toEqual(["authorization_code", "refresh_token"]);
  expect(login.authorized).toBe(1);
  recorder.expectClean();
  await context.close();
});

test("after the session has ended, a window beside the page signs in again, and what was typed is sent", async () => {
  const login = new HostedLogin();
  const product = await seedProduct(login.vendor, { product_name: "Mug" });
  await seedSku(login.vendor, product, "V", { variant_name: "Blue" });
  const { page, context, recorder } = await openHosted(login, "/");
  recorder.allow(/40[01]/);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/overview");
  await page.getByRole("navigation").getByRole("link", { name: "Inventory" }).click();
  await page.getByRole("gridcell", { name: "Blue" }).waitFor();
  login.ended = true;
  let refused = true;
  await page.route("**/api/stock/**", (route) =>
    refused && route.request().method() === "PATCH"
      ? route.fulfill({ status: 401, contentType: "application/problem+json", body: "{}" })
      : route.continue(),
  );
  await page.getByRole("button", { name: /^Price of/ }).click();
  await page.getByLabel(/^Price SKU/).fill("12.50");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText("Your session has ended").waitFor();
  refused = false;
  const signInAgain = async () => {
    const opening = context.waitForEvent("page");
    await page.getByRole("dialog").getByRole("button").click();
    return await opening;
  };
  login.refuses = true;
  await (await signInAgain()).waitForEvent("close", { timeout: 20_000 * SLOWNESS });
  await page.getByText("The account is disabled.").waitFor();
  await page.getByRole("dialog").waitFor();
  login.refuses = false;
  await (await signInAgain()).waitForEvent("close", { timeout: 20_000 * SLOWNESS });
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Price of .* 12\.50/ }).waitFor();
  expect(login.authorized).toBe(3);
  recorder.expectClean();
  await context.close();
});

test("signing out leaves the hosted login's session too", async () => {
  const login = new HostedLogin();
  const { page, context } = await openHosted(login, "/");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: /^Account of / }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/login\/logout\?/);
  const query = new URL(page.url()).searchParams;
  expect([query.get("client_id"), query.get("logout_uri")]).toEqual(["console", `${CONSOLE_URL}/`]);
  await context.close();
});

import { randomUUID } from "node:crypto";
import AxeBuilder from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

/** The origin of a running stack whose front serves the console. */
export const CONSOLE_URL = (process.env.CONSOLE_URL ?? "http://127.0.0.1:8000").replace(/\/+$/, "");

/** How much slower than a quiet one of two cores the machine is; goals and patience in seconds are stretched by it. */
export const SLOWNESS = Math.max(1, Number(process.env.CONSOLE_SLOWNESS ?? 1));

/** Read again until what is expected is there. */
export const poll = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 10_000 * SLOWNESS });

export type Role = "vendor" | "desk" | "auditor" | "admin";

/** Wide and narrow, as every screen is looked at. */
export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 390, height: 844 };

const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const BUTTON_OF_ROLE: Record<Role, string> = {
  vendor: "Vendor",
  desk: "Order desk",
  auditor: "Auditor",
  admin: "Admin",
};

/** Start Chromium; the caller closes it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: CHROMIUM_ARGUMENTS,
  });
}

/** What went wrong in a page without anybody seeing it. */
export interface Recorder {
  /** Fail on requests to foreign hosts, errors in the console and violations of the content security policy. */
  expectClean(): void;
  /** An answer that a test provokes: the browser logs refused requests as errors. */
  allow(pattern: RegExp): void;
  /** Paths of the requests so far, with their query. */
  readonly requests: string[];
}

/** Pictures of products are the vendors' own addresses; tests use this host, which is answered here. */
export const PICTURE_HOST = "pictures.example";
const ONE_PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly recorder: Recorder;
}

/** A page in a context of its own, watched by a recorder. */
export async function openPage(
  browser: Browser,
  options: { size?: { width: number; height: number }; scheme?: "light" | "dark"; address?: string } = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: options.size ?? WIDE,
    colorScheme: options.scheme ?? "light",
    baseURL: CONSOLE_URL,
    acceptDownloads: true,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
  context.setDefaultTimeout(15_000 * SLOWNESS);
  await context.route(`https://${PICTURE_HOST}/**`, (route) =>
    route.fulfill({ contentType: "image/png", body: ONE_PIXEL }),
  );
  const page = await context.newPage();
  const recorder = await record(page);
  await page.goto(options.address ?? "/");
  return { page, context, recorder };
}

async function record(page: Page): Promise<Recorder> {
  const wrong: string[] = [];
  const allowed: RegExp[] = [];
  const requests: string[] = [];
  const own = new URL(CONSOLE_URL).host;
  page.on("request", (request) => {
    const address = new URL(request.url());
    if (["data:", "blob:"].includes(address.protocol)) {
      return;
    }
    if (address.host === own) {
      requests.push(address.pathname + address.search);
    } else if (!(address.host === PICTURE_HOST && request.resourceType() === "image")) {
      wrong.push(`request to a foreign host: ${request.url()}`);
    }
  });
  page.on("pageerror", (error) => wrong.push(`error in the page: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") {
      wrong.push(`console: ${message.text()} ${message.location().url}`);
    }
  });
  await page.exposeFunction("__violated", (what: string) => wrong.push(`content security policy: ${what}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      (window as unknown as { __violated(what: string): void }).__violated(
        `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`,
      );
    });
  });
  return {
    requests,
    allow: (pattern) => allowed.push(pattern),
    expectClean: () => {
      expect(wrong.filter((each) => !allowed.some((pattern) => pattern.test(each)))).toEqual([]);
    },
  };
}

/** Sign in by the page of roles, at whatever address the page is, and wait until the pages of the role show. */
export async function signIn(page: Page, role: Role, vendor?: string): Promise<void> {
  if (vendor !== undefined) {
    await page.getByLabel("Vendor id").fill(vendor);
  }
  await page.getByRole("button", { name: BUTTON_OF_ROLE[role], exact: true }).click();
  await page.getByRole("button", { name: /^Account of / }).waitFor();
}

/** Fail if axe finds a violation, in light and in dark. Afterwards the page is light again. */
export async function expectNoViolations(page: Page): Promise<void> {
  for (const scheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor({ state: "attached" });
    await settled(page);
    // The other mode opens a second page for each analysis; this console has no frames, which it is for.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const found = violations.map(
      ({ id, help, nodes }) =>
        `${scheme}: ${id}: ${help}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(" | ")}`,
    );
    expect(found).toEqual([]);
  }
}

/** Wait until no transition or animation that ends is running: axe measures colours as they are painted. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ending.map((each) => each.finished));
  });
}

/** Fail if the page can be scrolled sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [width, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(width).toBeLessThanOrEqual(window ?? 0);
}

/** Record the page's frames from now on: its longest pause is how long it was frozen. */
export async function recordFrames(page: Page): Promise<() => Promise<{ longest: number; count: number }>> {
  await page.evaluate(() => {
    const frames = { longest: 0, count: 0 };
    Object.assign(window, { __frames: frames });
    let last = performance.now();
    const next = (now: number) => {
      frames.longest = Math.max(frames.longest, now - last);
      frames.count += 1;
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  return () =>
    page.evaluate(() => (window as unknown as { __frames: { longest: number; count: number } }).__frames);
}

/** A vendor id that no other test has. */
export function newVendor(): string {
  return `VENDOR-T${randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase()}`;
}

const tokens = new Map<string, Promise<string>>();

export function tokenOf(role: Role, vendor?: string): Promise<string> {
  const query = new URLSearchParams(vendor === undefined ? { role } : { role, vendor }).toString();
  let token = tokens.get(query);
  if (token === undefined) {
    token = fetch(`${CONSOLE_URL}/token?${query}`).then(async (response) => (await response.text()).trim());
    tokens.set(query, token);
  }
  return token;
}

/** Send a request to a service as the console does; throws unless it succeeds. */
export async function api<T = unknown>(
  method: string,
  path: string,
  body?: unknown,
  as: { role: Role; vendor?: string } = { role: "admin" },
): Promise<T> {
  const headers: Record<string, string> = {
    Authorization: `Bearer ${await tokenOf(as.role, as.vendor)}`,
  };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  if (method !== "GET" && method !== "PUT" && !path.endsWith("/batch")) {
    headers["Idempotency-Key"] = randomUUID();
  }
  const response = await fetch(`${CONSOLE_URL}/api${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
  }
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

export interface SeededProduct {
  readonly product_id: string;
  readonly product_name: string;
  readonly external_id: string | null;
}

export interface SeededSku {
  readonly product_id: string;
  readonly sku: string;
  readonly variant_name: string;
  readonly details_version: number;
  readonly current_stock: number;
  readonly reserved_stock: number;
  readonly reorder_threshold: number;
  readonly unit_price: number;
  readonly is_active: boolean;
}

/** Create a product of the vendor. */
export function seedProduct(
  vendor: string,
  attributes: { product_name: string } & Record<string, unknown>,
): Promise<SeededProduct> {
  return api<SeededProduct>(
    "POST",
    "/catalog/products",
    { category: "Kitchen", base_price: 10, ...attributes },
    { role: "vendor", vendor },
  );
}

/** Create a SKU of a product, and put units on its shelf. */
export async function seedSku(
  vendor: string,
  product: SeededProduct,
  code: string,
  attributes: Record<string, unknown> = {},
  units = 0,
): Promise<SeededSku> {
  const as = { role: "vendor", vendor } as const;
  const sku = `SKU-${product.product_id}-${code}`;
  const path = `/stock/products/${product.product_id}/skus`;
  const created = await api<SeededSku>(
    "POST",
    path,
    { sku, variant_name: code, unit_price: 10, reorder_threshold: 5, ...attributes },
    as,
  );
  if (units > 0) {
    await api("POST", `${path}/${sku}/restocks`, { quantity: units }, as);
  }
  return created;
}

/** Reserve units by an order of the shop. */
export function seedOrder(
  orderId: string,
  lines: readonly { product_id: string; sku: string; quantity: number }[],
): Promise<unknown> {
  return api("PUT", `/stock/orders/${orderId}`, { lines, hold_seconds: 3600 }, { role: "desk" });
}

/** Run tasks, `width` at a time. */
export async function inParallel<T>(
  tasks: readonly T[],
  width: number,
  run: (task: T) => Promise<unknown>,
): Promise<void> {
  const queue = [...tasks];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
        await run(task);
      }
    }),
  );
}

import createClient, { type FetchResponse } from "openapi-fetch";
import type { paths as AuditPaths } from "./audit";
import type { components as CatalogComponents, paths as CatalogPaths } from "./catalog";
import { ProblemError, problemOf } from "./problems";
import type { components as StockComponents, paths as StockPaths } from "./stock";
import { transport } from "./transport";

export type Product = CatalogComponents["schemas"]["Product"];
export type Sku = StockComponents["schemas"]["Sku"];
export type TransactionRecord = StockComponents["schemas"]["TransactionRecord"];

const options = {
  fetch: transport,
  cache: "no-store",
  credentials: "omit",
  // `fields` is a list with commas in the services' documents.
  querySerializer: { array: { style: "form", explode: false } },
} as const;

export const catalog = createClient<CatalogPaths>({ baseUrl: `${origin()}/api/catalog`, ...options });
export const stock = createClient<StockPaths>({ baseUrl: `${origin()}/api/stock`, ...options });
export const audit = createClient<AuditPaths>({ baseUrl: `${origin()}/api/audit`, ...options });

/** The document of a successful response.
 *
 * @throws ProblemError if the service refused, Unreachable if there was no answer.
 */
// biome-ignore lint/suspicious/noExplicitAny: openapi-fetch's own bounds.
export async function documentOf<T extends Record<string | number, any>, O, M extends `${string}/${string}`>(
  answer: Promise<FetchResponse<T, O, M>>,
): Promise<NonNullable<FetchResponse<T, O, M>["data"]>> {
  return (await answerOf(answer)).data;
}

/** The document of a successful response, and the response with its headers; throws as `documentOf` does. */
// biome-ignore lint/suspicious/noExplicitAny: openapi-fetch's own bounds.
export async function answerOf<T extends Record<string | number, any>, O, M extends `${string}/${string}`>(
  answer: Promise<FetchResponse<T, O, M>>,
): Promise<{ data: NonNullable<FetchResponse<T, O, M>["data"]>; response: Response }> {
  const { data, error, response } = await answer;
  if (!response.ok) {
    throw new ProblemError(problemOf(error, response));
  }
  return { data: data as NonNullable<FetchResponse<T, O, M>["data"]>, response };
}

/** A new key, under which a command is executed once however often it is sent. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

function origin(): string {
  return typeof location === "undefined" ? "http://console.invalid" : location.origin;
}

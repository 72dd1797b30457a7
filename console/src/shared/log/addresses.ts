import type { RecordQuery } from "./lists";

/** The addresses of the auditor's pages, which link to each other. */

export function logAddress({ subject, id, type, from, to, order }: RecordQuery): string {
  const query = new URLSearchParams({ [subject]: id });
  const rest = { type, from, to, sort: order === "asc" ? "oldest" : undefined };
  for (const [name, value] of Object.entries(rest)) {
    if (value) query.set(name, value);
  }
  return `/log?${query}`;
}

/** One record, opened above the log. */
export function recordAddress(transactionId: string): string {
  return `/log?${new URLSearchParams({ record: transactionId })}`;
}

export function verifyAddress(sku: string): string {
  return `/verify/${encodeURIComponent(sku)}`;
}

export function stockAtAddress(sku: string, at?: string): string {
  const query = at ? `?${new URLSearchParams({ at })}` : "";
  return `/stock-at/${encodeURIComponent(sku)}${query}`;
}

import type { paths } from "../api/audit";
import { answerOf, audit } from "../api/clients";

/** What a list of log records is of. */
export const SUBJECTS = ["sku", "product", "vendor", "order"] as const;
export type Subject = (typeof SUBJECTS)[number];

type Query = NonNullable<paths["/skus/{sku}/transactions"]["get"]["parameters"]["query"]>;

/** Which records are listed, and in which order. The service has neither period, type nor order for an order. */
export interface RecordQuery {
  readonly subject: Subject;
  readonly id: string;
  readonly type?: string;
  readonly from?: string;
  readonly to?: string;
  readonly order?: "asc" | "desc";
}

export const JSON_LINES = "application/x-ndjson";

/** How a part of a list is asked for; without `limit` it is as long as a response may be. */
export interface PartRequest {
  /** A media type of the service's lists. */
  readonly accept: string;
  readonly limit?: number;
  readonly cursor?: string;
  readonly signal?: AbortSignal;
}

/** A part of a list, in the bytes that the service sent. */
export interface ListPart {
  readonly bytes: ArrayBuffer;
  /** Where the next part begins; null for the last one. */
  readonly cursor: string | null;
}

export type ListReader = (request: PartRequest) => Promise<ListPart>;

/** Reads a list of log records. */
export function recordList(wanted: RecordQuery): ListReader {
  return (request) => partOf(recordAnswer(wanted, request));
}

/** Reads the findings, newest first. */
export const findingList: ListReader = ({ accept, limit, cursor, signal }) =>
  partOf(
    audit.GET("/findings", {
      params: { query: { limit, cursor } },
      headers: { Accept: accept },
      parseAs: "arrayBuffer",
      signal,
    }),
  );

/** The lines of a part of JSON Lines. */
export function linesOf({ bytes }: ListPart): string[] {
  return new TextDecoder()
    .decode(bytes)
    .split("\n")
    .filter((line) => line !== "");
}

function recordAnswer(wanted: RecordQuery, request: PartRequest) {
  const { subject, id } = wanted;
  const { accept, limit, cursor, signal } = request;
  const options = { headers: { Accept: accept }, parseAs: "arrayBuffer", signal } as const;
  if (subject === "order") {
    const params = { path: { order_id: id }, query: { limit, cursor } };
    return audit.GET("/orders/{order_id}/transactions", { params, ...options });
  }
  const { type, from, to, order } = wanted;
  const query: Query = {
    transaction_type: type as Query["transaction_type"],
    from,
    to,
    order,
    limit,
    cursor,
  };
  if (subject === "sku") {
    return audit.GET("/skus/{sku}/transactions", { params: { path: { sku: id }, query }, ...options });
  }
  if (subject === "product") {
    const params = { path: { product_id: id }, query };
    return audit.GET("/products/{product_id}/transactions", { params, ...options });
  }
  return audit.GET("/vendors/{vendor_id}/transactions", {
    params: { path: { vendor_id: id }, query },
    ...options,
  });
}

async function partOf(answer: ReturnType<typeof recordAnswer> | Promise<unknown>): Promise<ListPart> {
  const { document: data, response } = await answerOf(answer as ReturnType<typeof recordAnswer>);
  return { bytes: data as ArrayBuffer, cursor: nextCursor(response.headers.get("Link")) };
}

/** The cursor in the address of the next page (RFC 8288). */
export function nextCursor(link: string | null): string | null {
  const [, address] = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "") ?? [];
  return address === undefined ? null : new URL(address, "http://service.invalid").searchParams.get("cursor");
}

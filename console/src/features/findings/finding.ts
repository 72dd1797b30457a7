import type { Difference } from "../../shared/log/Differences";
import { type ExactValue, exactText, isObject, parseExact } from "../../shared/log/exactJson";

/** A finding as it is shown; the values of its differences are JSON texts, digit for digit. */
export interface Finding {
  readonly id: string;
  readonly kind: string;
  readonly occurredAt: string;
  readonly vendorId: string | null;
  readonly productId: string | null;
  readonly sku: string | null;
  readonly transactionId: string | null;
  readonly differences: readonly Difference[];
  /** The finding as the service served it. */
  readonly line: string;
}

/** Read a line of the service's JSON Lines. */
export function findingOf(line: string): Finding {
  const members = parseExact(line);
  const text = (name: string): string | null => {
    const value = isObject(members) ? members.get(name) : undefined;
    return typeof value === "string" ? value : null;
  };
  const differences = isObject(members) ? members.get("differences") : [];
  return {
    id: text("finding_id") ?? line,
    kind: text("kind") ?? "",
    occurredAt: text("occurred_at") ?? "",
    vendorId: text("vendor_id"),
    productId: text("product_id"),
    sku: text("sku"),
    transactionId: text("transaction_id"),
    differences: Array.isArray(differences) ? differences.map(differenceOf) : [],
    line,
  };
}

function differenceOf(value: ExactValue): Difference {
  if (!isObject(value)) {
    return { kind: "", expected: "", found: exactText(value) };
  }
  const kind = value.get("kind");
  return {
    kind: typeof kind === "string" ? kind : "",
    expected: exactText(value.get("expected") ?? null),
    found: exactText(value.get("found") ?? null),
  };
}

/** The order that a finding is about: none of its members is an order's id, so its differences have it. */
export function orderOf({ differences }: Finding): string | null {
  for (const { kind } of differences) {
    const [order] = /^ORDER-[A-Za-z0-9-]{1,64}/.exec(kind) ?? [];
    if (order !== undefined) return order;
  }
  return null;
}

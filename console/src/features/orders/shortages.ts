import { texts } from "../../shared/texts/texts";

export interface Shortage {
  readonly sku: string;
  readonly text: string;
  /** Whether too few units are available: orders may hold the others. */
  readonly isHeld: boolean;
}

/** The lines that a problem document names, in words; what is no such list has none. */
export function shortages(lines: unknown): Shortage[] {
  return Array.isArray(lines) ? lines.flatMap((line) => shortage(line) ?? []) : [];
}

function shortage(line: unknown): Shortage | null {
  if (typeof line !== "object" || line === null) return null;
  const { sku, asked, available, reserved, refundable } = line as Record<string, unknown>;
  if (typeof sku !== "string" || typeof asked !== "number") return null;
  const words = texts.orders;
  if (typeof available === "number") {
    return { sku, text: words.shortLine(sku, asked, available), isHeld: true };
  }
  if (typeof reserved === "number") {
    return { sku, text: words.unreservedLine(sku, asked, reserved), isHeld: false };
  }
  if (typeof refundable === "number") {
    return { sku, text: words.unrefundableLine(sku, asked, refundable), isHeld: false };
  }
  return null;
}

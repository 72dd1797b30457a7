import { texts } from "../../shared/texts/texts";

/** The lines that a problem document names, in words; what is no such list has none. */
export function shortages(lines: unknown): string[] {
  return Array.isArray(lines) ? lines.flatMap((line) => shortage(line) ?? []) : [];
}

function shortage(line: unknown): string | null {
  if (typeof line !== "object" || line === null) return null;
  const { sku, asked, available, reserved, refundable } = line as Record<string, unknown>;
  if (typeof sku !== "string" || typeof asked !== "number") return null;
  const words = texts.orders;
  if (typeof available === "number") return words.shortLine(sku, asked, available);
  if (typeof reserved === "number") return words.unreservedLine(sku, asked, reserved);
  if (typeof refundable === "number") return words.unrefundableLine(sku, asked, refundable);
  return null;
}

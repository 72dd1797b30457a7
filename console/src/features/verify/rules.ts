import rules from "./generated/rules.json";

/** What a transaction type demands and changes; the table is that of the services. */
export interface TypeRules {
  readonly current_stock: number;
  readonly reserved_stock: number;
  readonly commands: readonly string[];
  readonly is_signed: boolean;
  readonly is_order: boolean;
  readonly may_skip_stock: boolean;
}

export const FORM: number = rules.form;
export const ATTRIBUTES: readonly string[] = rules.attributes;
export const ATTRIBUTE_SET: ReadonlySet<string> = new Set(rules.attributes);
export const INTEGERS: ReadonlySet<string> = new Set(rules.integers);
export const OPTIONAL: ReadonlySet<string> = new Set(rules.optional);
export const UNHASHED: ReadonlySet<string> = new Set(rules.unhashed);
export const FIRST_PREVIOUS_HASH: string = rules.first_previous_hash;
export const LEDGER_NAMESPACE: string = rules.ledger_namespace;
export const STOCK_MAX: number = rules.stock_max;
export const TYPES: ReadonlyMap<string, TypeRules> = new Map(Object.entries(rules.types));
/** What one unit of a record adds to an order's line: placed, reserved, confirmed, cancelled, refunded. */
export const FOLD: ReadonlyMap<string, readonly number[]> = new Map(Object.entries(rules.fold));

const SKU = new RegExp(`^${rules.sku}$`);

export function isSku(text: string): boolean {
  return SKU.test(text);
}

/** The product that a SKU's id names. */
export function productOf(sku: string): string {
  return sku.split("-").slice(1, 3).join("-");
}

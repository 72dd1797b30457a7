const quantity = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const signedQuantity = new Intl.NumberFormat("en", { maximumFractionDigits: 0, signDisplay: "exceptZero" });
const money = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Units, such as `1,250`. */
export function formatQuantity(units: number): string {
  return quantity.format(units);
}

/** A change of units, such as `+5` or `-1,250`. */
export function formatChange(units: number): string {
  return signedQuantity.format(units);
}

/** A price, such as `1,299.50`. The API's prices name no currency. */
export function formatMoney(amount: number): string {
  return money.format(amount);
}

/** Units as typed, with or without separators of thousands; null if it is no whole number from `minimum`. */
export function parseQuantity(text: string, minimum = 0, maximum = 1_000_000_000): number | null {
  const plain = text.trim().replaceAll(",", "").replace("−", "-");
  if (!/^[+-]?\d+$/.test(plain)) {
    return null;
  }
  const value = Number(plain);
  return value >= minimum && value <= maximum ? value : null;
}

/** A price as typed, of at most two decimals; null if it is none. */
export function parseMoney(text: string, maximum = 9_999_999.99): number | null {
  const plain = text.trim().replaceAll(/,(?=\d{3}(\D|$))/g, "");
  if (!/^\d+(\.\d{1,2})?$/.test(plain)) {
    return null;
  }
  const value = Number(plain);
  return value <= maximum ? value : null;
}

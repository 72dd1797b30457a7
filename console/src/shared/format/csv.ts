/** A cell of a CSV file; texts are written so that no spreadsheet evaluates them, numbers as they are. */
export type CsvCell = string | number | boolean | null;

/** What begins a formula, some after a conversion to half width; quotes at the beginning of a part are
 * skipped. A spreadsheet that separates columns by `;` begins a part after each. The rule is that of the
 * command line's exports, which its imports take back.
 */
const FORMULA = /(?:^|(?<=[;\t\r\n]))(?=['"]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/g;

/** A CSV file (RFC 4180, UTF-8 with a byte order mark, so that spreadsheets read it as such). */
export function csvOf(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return `\ufeff${[header, ...rows].map((row) => `${row.map(cellOf).join(",")}\r\n`).join("")}`;
}

function cellOf(value: CsvCell): string {
  if (value === null) {
    return "";
  }
  if (typeof value !== "string") {
    return String(value);
  }
  const text = harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A text that no spreadsheet evaluates as a formula. */
export function harmless(text: string): string {
  return text.replace(FORMULA, "'");
}

/** Give a file to the person, as a download. */
export function download(
  name: string,
  content: string | readonly BlobPart[],
  type = "text/csv;charset=utf-8",
): void {
  const parts = typeof content === "string" ? [content] : [...content];
  downloadBlob(name, new Blob(parts, { type }));
}

/** Give bytes to the person, as a download. */
export function downloadBlob(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

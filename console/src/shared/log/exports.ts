import type { ListReader } from "./lists";

/** The formats in which the service serves a list as a file. */
export const FORMATS = {
  csv: { accept: "text/csv", extension: "csv", hasHeader: true },
  jsonLines: { accept: "application/x-ndjson", extension: "jsonl", hasHeader: false },
} as const;
export type Format = keyof typeof FORMATS;

const LINE_FEED = 10;

/** Read a whole list, part by part, in the bytes that the service sends; of the later parts of a CSV file the
 * header is left out.
 */
export async function wholeList(
  read: ListReader,
  format: Format,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const { accept, hasHeader } = FORMATS[format];
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (let cursor: string | undefined; ; ) {
    const part = await read({ accept, cursor, signal });
    const bytes = new Uint8Array(part.bytes);
    const begin = hasHeader && parts.length > 0 ? bytes.indexOf(LINE_FEED) + 1 : 0;
    parts.push(bytes.subarray(begin));
    size += bytes.length - begin;
    onBytes(size);
    if (part.cursor === null) {
      return parts;
    }
    cursor = part.cursor;
  }
}

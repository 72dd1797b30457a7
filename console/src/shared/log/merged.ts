/** Records that are known and others that were read, each once, in the order of `compare`. */
export function mergedRecords<Row>(
  known: readonly Row[],
  read: readonly Row[],
  keyOf: (record: Row) => string | number,
  compare: (a: Row, b: Row) => number,
): Row[] {
  const byKey = new Map([...known, ...read].map((record) => [keyOf(record), record]));
  return [...byKey.values()].sort(compare);
}

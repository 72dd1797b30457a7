import { mergedRecords } from "../../shared/log/merged";
import type { TimelineRecord } from "./timeline";

/** What a record of a list has to have to be put in its place. */
type Numbered = Pick<TimelineRecord, "sequence">;

/** Records that are known and newer ones, newest first, each once. */
export function mergeRecords<Row extends Numbered>(known: readonly Row[], newer: readonly Row[]): Row[] {
  return mergedRecords(
    known,
    newer,
    ({ sequence }) => sequence,
    (a, b) => b.sequence - a.sequence,
  );
}

/** Whether newer records join the known ones without a gap. */
export function joins(known: readonly Numbered[], newer: readonly Numbered[]): boolean {
  const newest = known[0]?.sequence ?? 0;
  const oldest = newer.at(-1)?.sequence;
  return oldest === undefined || oldest <= newest + 1;
}

/** Known records with one more, if it is the next one: others are left to the next reading. */
export function withRecord<Row extends Numbered>(known: readonly Row[], record: Row): readonly Row[] {
  return joins(known, [record]) ? mergeRecords(known, [record]) : known;
}

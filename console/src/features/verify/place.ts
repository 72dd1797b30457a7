import { texts } from "../../shared/texts/texts";
import type { VerifiedRow } from "./verifyLog";

const words = texts.verify;
const numbers = new Intl.NumberFormat("en");

/** How a row is called: its record, the records that are missing, or the line that is no record. */
export function placeOf({ sequence, last, line }: VerifiedRow): string {
  if (line === null) {
    return words.missing(numbers.format(sequence), numbers.format(last));
  }
  return sequence === 0 ? words.line(numbers.format(line)) : words.record(numbers.format(sequence));
}

/** Moments as the services write them: UTC with six fractional digits, which compare as texts do. */

/** The milliseconds since 1970 of a moment; NaN for what is none. */
export function millisecondsOf(moment: string): number {
  return Date.parse(moment);
}

/** A moment of the slider or the field, which know milliseconds. */
export function momentOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The span of the slider, and how far one press of an arrow key goes: a thousandth of it. */
export interface Span {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

const STEPS = 1000;

/** The span from the first record until now, so that the record itself is within it. */
export function spanOf(firstRecord: string, now: number): Span {
  const first = Math.floor(millisecondsOf(firstRecord)) - 1;
  const last = Math.max(now, first + STEPS);
  return { first, last, step: Math.max(1, Math.round((last - first) / STEPS)) };
}

/** The first of some moments that is later than another one. */
export function firstAfter(moments: readonly string[], moment: string): string | null {
  return moments.find((each) => each > moment) ?? null;
}

import { millisecondsOf, type Span } from "./moments";

/** What of a record the line needs. */
export interface Level {
  readonly timestamp: string;
  readonly stock_after: number;
}

/** The drawing's own units; it is stretched to the width of the page. */
export const WIDTH = 1000;
export const HEIGHT = 100;

/** The path of the stock over a span, each level held until the next record; records are newest first. */
export function stepsOf(records: readonly Level[], { first, last }: Span): string {
  const levels = records.toReversed();
  const highest = Math.max(1, ...levels.map(({ stock_after }) => stock_after));
  const points = levels.map(({ timestamp, stock_after }) => {
    const share = (millisecondsOf(timestamp) - first) / (last - first);
    return [round(WIDTH * Math.min(Math.max(share, 0), 1)), round(HEIGHT * (1 - stock_after / highest))];
  });
  const steps = points.map(([x, y], index) => (index === 0 ? `M${x} ${y}` : `H${x}V${y}`));
  return points.length === 0 ? "" : `${steps.join("")}H${WIDTH}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

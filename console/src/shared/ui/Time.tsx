import { formatTime, formatUtc } from "../format/times";
import { texts } from "../texts/texts";

/** A time in the viewer's zone, with UTC on hover. */
export function Time({ value }: { value: string }) {
  return (
    <time dateTime={value} title={texts.common.utc(formatUtc(value))}>
      {formatTime(value)}
    </time>
  );
}

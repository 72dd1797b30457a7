import { formatMoment, formatTime, formatUtc } from "../format/times";
import { texts } from "../texts/texts";

interface Props {
  readonly value: string;
  /** To the second, and on hover with every digit. */
  readonly exact?: boolean;
}

/** A time in the viewer's zone, with UTC on hover. */
export function Time({ value, exact = false }: Props) {
  return (
    <time dateTime={value} title={exact ? value : texts.common.utc(formatUtc(value))}>
      {exact ? formatMoment(value) : formatTime(value)}
    </time>
  );
}

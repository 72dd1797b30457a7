/** Moments in a date-time field, which has the viewer's zone and no name of it. */

/** The value of a field for a moment, to the millisecond; empty for what is none. */
export function fieldOfMoment(iso: string | undefined): string {
  const moment = new Date(iso ?? "");
  if (Number.isNaN(moment.getTime())) {
    return "";
  }
  const two = (number: number, digits = 2) => String(number).padStart(digits, "0");
  const day = [two(moment.getFullYear(), 4), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
  const clock = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map((each) => two(each));
  const milliseconds = moment.getMilliseconds();
  return `${day}T${clock.join(":")}${milliseconds === 0 ? "" : `.${two(milliseconds, 3)}`}`;
}

/** The moment of a field's value, in UTC; null for what is none. */
export function momentOfField(value: string): string | null {
  const moment = new Date(value);
  return value === "" || Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

/** The viewer's zone, such as `Europe/Berlin`. */
export function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

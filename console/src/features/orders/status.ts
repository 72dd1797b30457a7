import { texts } from "../../shared/texts/texts";

const COLORS: Readonly<Record<string, string>> = {
  reserved: "brand",
  partially_confirmed: "orange",
  confirmed: "teal",
  cancelled: "gray",
  partially_refunded: "orange",
  refunded: "gray",
};

const words = texts.orders.statuses as Readonly<Record<string, string>>;

/** A status in words; one that this page does not know as it is. */
export function statusText(status: string): string {
  return Object.hasOwn(words, status) ? (words[status] as string) : status;
}

/** How the known statuses are shown; those of a command that runs stand out. */
export const KNOWN_STATUSES = Object.fromEntries(
  Object.entries(words).map(([status, label]) => [status, { label, color: COLORS[status] ?? "orange" }]),
);

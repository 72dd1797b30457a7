import { type RecordQuery, SUBJECTS, type Subject } from "../../shared/log/lists";

/** What the address line says: which records, and whether one of them is open. */
export function queryOf(address: URLSearchParams): RecordQuery | null {
  const subject = SUBJECTS.find((each) => address.get(each));
  if (subject === undefined) {
    return null;
  }
  const id = address.get(subject) as string;
  if (!isFilterable(subject)) {
    return { subject, id };
  }
  const value = (name: string) => address.get(name) || undefined;
  const order = address.get("sort") === "oldest" ? "asc" : "desc";
  return { subject, id, type: value("type"), from: value("from"), to: value("to"), order };
}

/** Whether the service lists records of this by period, type and order. */
export function isFilterable(subject: Subject): boolean {
  return subject !== "order";
}

/** The name of an exported file, without its extension. */
export function fileName({ id, type, from, to }: RecordQuery): string {
  const period = [from, to].map((moment) => moment?.replaceAll(/[^0-9TZ]/g, ""));
  return ["log", id, type, ...period].filter(Boolean).join("-");
}

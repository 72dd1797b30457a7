import { texts } from "../../shared/texts/texts";
import type { Command, PlannedUnit } from "./protocol";

const words = texts.imports;
const VALUE_CHARACTERS = 120;
/** What the first column of the list names already. */
const NAMED: ReadonlySet<string> = new Set(["sku", "product_id", "external_id", "vendor_id"]);

/** What a unit does, as people read it: `Create product A1`, `Book SKU-PROD-E4F9A-M [delivery 7]`. */
export function shownName({ name, command }: Pick<PlannedUnit, "name" | "command">): string {
  return words.preview.actions[command.do](plainName(name));
}

/** The name of a unit without what kind of thing it is. */
export function plainName(name: string): string {
  return name.replace(/^(product|sku) /, "");
}

/** What a unit creates or changes, each with the name of its column; null where only its text says it. */
export function shownValues(command: Command): readonly { label: string; value: string }[] | null {
  switch (command.do) {
    case "create_product":
    case "create_sku": {
      const created = entriesOf(command.body).map(([name, value]) => ({ name, value: shownValue(value) }));
      const state = command.deactivates ? [{ name: "is_active", value: texts.common.no }] : [];
      return [...created, ...state].map(({ name, value }) => ({ label: labelOf(name), value }));
    }
    case "change_product":
    case "change_sku": {
      const before = new Map(entriesOf(command.before));
      return entriesOf(command.body).map(([name, value]) => ({
        label: labelOf(name),
        value: `${shownValue(before.get(name))} → ${shownValue(value)}`,
      }));
    }
    case "change_stock":
      return null;
  }
}

function entriesOf(json: string): [string, unknown][] {
  return Object.entries(JSON.parse(json) as Record<string, unknown>).filter(([name]) => !NAMED.has(name));
}

function labelOf(name: string): string {
  return words.columnNames[name] ?? name;
}

function shownValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return texts.common.none;
  if (typeof value === "boolean") return value ? texts.common.yes : texts.common.no;
  if (Array.isArray(value)) return clipped(value.join(", "));
  if (typeof value === "object") {
    const members = Object.entries(value).map(([name, each]) => `${name} ${shownValue(each)}`);
    return clipped(members.join(", "));
  }
  return clipped(String(value));
}

function clipped(text: string): string {
  return text.length > VALUE_CHARACTERS ? `${text.slice(0, VALUE_CHARACTERS - 1)}…` : text;
}

/** A reason for a rejection as people read it. Those of the services begin with their code. */
export function shownReason(reason: string): string {
  const [, code = "", detail = ""] = /^([a-z]+(?:_[a-z]+)+)(?:: (.*))?$/s.exec(reason) ?? [];
  const sentence = words.codes[code];
  if (sentence === undefined) return reason;
  return detail === "" ? sentence : `${sentence} (${detail.replace(/\.$/, "")})`;
}

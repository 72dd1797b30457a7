/** A number with a fraction or an exponent, as it is written. */
export interface Decimal {
  readonly decimal: string;
}

/** A JSON value that keeps every number: integers beyond 2 ** 53 are of the type bigint, and `5.0` is not `5`. */
export type ExactValue =
  | null
  | boolean
  | string
  | number
  | bigint
  | Decimal
  | readonly ExactValue[]
  | ReadonlyMap<string, ExactValue>;

export type ExactObject = ReadonlyMap<string, ExactValue>;

const DEPTH_MAX = 100;
const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: in a JSON string they are escaped.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /null|true|false/y;

/** Read a JSON text.
 *
 * @throws SyntaxError if it is none, or if an object has a member twice, of which parsers keep different ones.
 */
export function parseExact(text: string): ExactValue {
  let at = 0;

  function matched(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) {
      at = pattern.lastIndex;
    }
    return found;
  }

  /** Whether the next sign is this one, which is then read. */
  function reads(sign: string): boolean {
    matched(SPACE);
    if (text[at] !== sign) {
      return false;
    }
    at += 1;
    return true;
  }

  function require(sign: string): void {
    if (!reads(sign)) {
      throw new SyntaxError(`no ${sign} at character ${at + 1}`);
    }
  }

  function readString(): string {
    matched(SPACE);
    const found = matched(STRING);
    if (found === null) {
      throw new SyntaxError(`no string at character ${at + 1}`);
    }
    return JSON.parse(found[0]) as string;
  }

  function readObject(depth: number): ExactObject {
    const members = new Map<string, ExactValue>();
    if (reads("}")) {
      return members;
    }
    do {
      const name = readString();
      if (members.has(name)) {
        throw new SyntaxError(`the member ${name} occurs twice`);
      }
      require(":");
      members.set(name, readValue(depth));
    } while (reads(","));
    require("}");
    return members;
  }

  function readArray(depth: number): ExactValue[] {
    const values: ExactValue[] = [];
    if (reads("]")) {
      return values;
    }
    do {
      values.push(readValue(depth));
    } while (reads(","));
    require("]");
    return values;
  }

  function readValue(depth: number): ExactValue {
    if (depth > DEPTH_MAX) {
      throw new SyntaxError("it is nested too deeply");
    }
    if (reads("{")) return readObject(depth + 1);
    if (reads("[")) return readArray(depth + 1);
    if (text[at] === '"') return readString();
    const word = matched(WORD);
    if (word !== null) {
      return word[0] === "null" ? null : word[0] === "true";
    }
    const number = matched(NUMBER);
    if (number === null) {
      throw new SyntaxError(`no value at character ${at + 1}`);
    }
    const [written, fraction, exponent] = number;
    return fraction === undefined && exponent === undefined
      ? integerOf(BigInt(written))
      : { decimal: written };
  }

  const value = readValue(0);
  matched(SPACE);
  if (at < text.length) {
    throw new SyntaxError(`more follows at character ${at + 1}`);
  }
  return value;
}

/** An integer in the type in which it is exact. */
export function integerOf(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function isObject(value: ExactValue): value is ExactObject {
  return value instanceof Map;
}

export function isDecimal(value: ExactValue): value is Decimal {
  return typeof value === "object" && value !== null && "decimal" in value;
}

/** Write a value as JSON, with its numbers as they were; `indent` spaces a level, or all on one line. */
export function exactText(value: ExactValue, indent = 0, level = 0): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") {
    return JSON.stringify(value);
  }
  if (typeof value === "number" || typeof value === "bigint") {
    return String(value);
  }
  if (isDecimal(value)) {
    return value.decimal;
  }
  const colon = indent > 0 ? ": " : ":";
  const [opening, closing, parts] = isObject(value)
    ? [
        "{",
        "}",
        [...value].map(
          ([name, member]) => `${JSON.stringify(name)}${colon}${exactText(member, indent, level + 1)}`,
        ),
      ]
    : ["[", "]", (value as readonly ExactValue[]).map((member) => exactText(member, indent, level + 1))];
  if (parts.length === 0 || indent === 0) {
    return `${opening}${parts.join(",")}${closing}`;
  }
  const margin = "\n".padEnd(1 + indent * level);
  const inner = "\n".padEnd(1 + indent * (level + 1));
  return `${opening}${inner}${parts.join(`,${inner}`)}${margin}${closing}`;
}

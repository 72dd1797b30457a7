import { expect, test } from "vitest";
import { type Format, wholeList } from "./exports";
import { type ListReader, linesOf, nextCursor, type PartRequest } from "./lists";

const bytesOf = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;

function list(...parts: string[]): { read: ListReader; asked: PartRequest[] } {
  const asked: PartRequest[] = [];
  const read: ListReader = async (request) => {
    asked.push(request);
    const at = Number(request.cursor ?? 0);
    return { bytes: bytesOf(parts[at] ?? ""), cursor: at + 1 < parts.length ? String(at + 1) : null };
  };
  return { read, asked };
}

async function exported(format: Format, ...parts: string[]): Promise<string> {
  const sizes: number[] = [];
  const { read } = list(...parts);
  const found = await wholeList(read, format, new AbortController().signal, (size) => sizes.push(size));
  expect(sizes).toHaveLength(parts.length);
  return new Blob(found).text();
}

test("a CSV file has its header once, and otherwise the bytes that were served", async () => {
  expect(await exported("csv", 'a,b\r\n1,"x\ny"\r\n', "a,b\r\n2,\r\n", "a,b\r\n")).toBe(
    'a,b\r\n1,"x\ny"\r\n2,\r\n',
  );
});

test("JSON Lines are joined as they were served, with numbers of any size", async () => {
  expect(await exported("jsonLines", '{"n":9007199254740993}\n', '{"n":5.0}\n')).toBe(
    '{"n":9007199254740993}\n{"n":5.0}\n',
  );
});

test("every part is asked for in the format, from where the last one ended", async () => {
  const { read, asked } = list("", "", "");
  await wholeList(read, "jsonLines", new AbortController().signal, () => {});
  expect(asked.map(({ accept, cursor, limit }) => [accept, cursor, limit])).toEqual([
    ["application/x-ndjson", undefined, undefined],
    ["application/x-ndjson", "1", undefined],
    ["application/x-ndjson", "2", undefined],
  ]);
});

test("the next cursor is the one of the link, decoded; the last part has none", () => {
  expect(nextCursor('</skus/SKU-1/transactions?limit=2&cursor=a%2Bb%3D>; rel="next"')).toBe("a+b=");
  expect(nextCursor(null)).toBeNull();
});

test("lines are those of the part, without an empty one at the end", () => {
  expect(linesOf({ bytes: bytesOf('{"a":"\u2028"}\n{}\n'), cursor: null })).toEqual(['{"a":"\u2028"}', "{}"]);
});

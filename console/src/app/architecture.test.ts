import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const SOURCES = resolve(import.meta.dirname, "..");

/** What the files of a layer may import, beside packages: app → features → shared. */
const ALLOWED: Record<string, readonly string[]> = {
  app: ["app", "features", "shared"],
  features: ["features", "shared"],
  shared: ["shared"],
};

interface Import {
  readonly file: string;
  readonly target: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SOURCES, file), "utf8");
  const found = text.matchAll(/(?:from|import|import\()\s*"(\.[^"]+)"/g);
  return [...found].map(([, path]) => ({
    file,
    target: relative(SOURCES, resolve(SOURCES, dirname(file), path ?? "")),
  }));
}

const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((file) =>
  /\.tsx?$/.test(file),
);
const imports = files.flatMap(importsOf);

test("imports go one way: app, features, shared", () => {
  expect(imports.length).toBeGreaterThan(50);
  const wrong = imports.filter(({ file, target }) => {
    const layer = file.split("/")[0] ?? "";
    return !ALLOWED[layer]?.includes(target.split("/")[0] ?? "");
  });
  expect(wrong).toEqual([]);
});

test("no feature imports another one", () => {
  const wrong = imports.filter(
    ({ file, target }) =>
      file.startsWith("features/") &&
      target.startsWith("features/") &&
      file.split("/")[1] !== target.split("/")[1],
  );
  expect(wrong).toEqual([]);
});

test("no file only passes on what others export", () => {
  const wrong = files.filter((file) =>
    /^export (\*|\{[^}]*\}) from /m.test(readFileSync(join(SOURCES, file), "utf8")),
  );
  expect(wrong).toEqual([]);
});

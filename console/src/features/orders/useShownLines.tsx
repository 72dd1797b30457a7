import { Button, Group, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { texts } from "../../shared/texts/texts";
import { SearchIcon } from "../../shared/ui/icons";

/** Orders have up to 1,000 lines: so many are shown at once. */
const SHOWN = 50;
const SEARCH_FROM = 15;

interface Shown<Line> {
  readonly shown: readonly Line[];
  /** A search; nothing where the lines are few. */
  readonly search: ReactNode;
  /** How many are shown, and a button for more; nothing where all are. */
  readonly more: ReactNode;
}

/** The lines of a long order, a part at a time and by SKU. */
export function useShownLines<Line extends { readonly sku: string }>(lines: readonly Line[]): Shown<Line> {
  const words = texts.orders.table;
  const [typed, setTyped] = useState("");
  const [limit, setLimit] = useState(SHOWN);
  const wanted = typed.trim().toUpperCase();
  const found = wanted === "" ? lines : lines.filter(({ sku }) => sku.includes(wanted));
  const shown = found.slice(0, limit);
  return {
    shown,
    search: lines.length >= SEARCH_FROM && (
      <TextInput
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        leftSection={<SearchIcon />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    ),
    more: shown.length < lines.length && (
      <Group justify="space-between">
        <Text size="xs" c="dimmed" role="status">
          {found.length === 0 ? words.noMatch : words.shown(shown.length, lines.length)}
        </Text>
        {shown.length < found.length && (
          <Button size="compact-sm" variant="default" onClick={() => setLimit(limit + SHOWN)}>
            {words.showMore}
          </Button>
        )}
      </Group>
    ),
  };
}

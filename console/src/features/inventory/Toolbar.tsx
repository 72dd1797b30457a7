import { ActionIcon, Group, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { texts } from "../../shared/texts/texts";
import { CloseIcon, SearchIcon } from "../../shared/ui/icons";
import { type InventoryQuery, SHOWN, type Shown, SORTS, type SortKey } from "./query";

const words = texts.inventory;
const TYPING_MILLISECONDS = 120;

interface Props {
  readonly query: InventoryQuery;
  readonly onChange: (change: Partial<InventoryQuery>) => void;
  readonly counts: Readonly<Record<Shown, number>>;
  readonly narrow: boolean;
}

/** Search, filter, and on a narrow page the order too. */
export function Toolbar({ query, onChange, counts, narrow }: Props) {
  const [search, setSearch] = useState(query.search);
  const sent = useRef(query.search);
  const send = useDebouncedCallback((value: string) => {
    sent.current = value;
    onChange({ search: value });
  }, TYPING_MILLISECONDS);
  useEffect(() => {
    // The address was changed by something else than typing here, such as the back button.
    if (query.search !== sent.current) {
      sent.current = query.search;
      setSearch(query.search);
    }
  }, [query.search]);
  const type = (value: string) => {
    setSearch(value);
    send(value);
  };
  const shown = SHOWN.map((value) => ({
    value,
    label: `${words.shown[value]} ${counts[value].toLocaleString("en")}`,
  }));
  return (
    <Group gap="xs" wrap="wrap" flex={1}>
      <TextInput
        aria-label={words.search}
        placeholder={words.search}
        leftSection={<SearchIcon />}
        rightSection={
          search !== "" && (
            <ActionIcon variant="subtle" color="gray" aria-label={words.clearSearch} onClick={() => type("")}>
              <CloseIcon />
            </ActionIcon>
          )
        }
        value={search}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && search !== "") {
            type("");
          }
        }}
        type="search"
        autoComplete="off"
        spellCheck={false}
        style={{ flex: narrow ? "1 1 100%" : "0 1 22rem" }}
      />
      {narrow ? (
        <>
          <Select
            aria-label={words.shown.label}
            data={shown}
            value={query.shown}
            allowDeselect={false}
            onChange={(value) => onChange({ shown: value as Shown })}
            style={{ flex: 1 }}
          />
          <Select
            aria-label={words.sort.label}
            data={SORTS.flatMap((key) => [
              { value: key, label: `${words.columns[key]} ↑` },
              { value: `-${key}`, label: `${words.columns[key]} ↓` },
            ])}
            value={`${query.descending ? "-" : ""}${query.sort}`}
            allowDeselect={false}
            onChange={(value) =>
              onChange({
                sort: (value ?? "product").replace(/^-/, "") as SortKey,
                descending: value?.startsWith("-"),
              })
            }
            style={{ flex: 1 }}
          />
        </>
      ) : (
        <SegmentedControl
          size="sm"
          aria-label={words.shown.label}
          data={shown}
          value={query.shown}
          onChange={(value) => onChange({ shown: value as Shown })}
        />
      )}
    </Group>
  );
}

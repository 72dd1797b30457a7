import {
  ActionIcon,
  Button,
  Card,
  Group,
  SegmentedControl,
  Stack,
  Table,
  Text,
  TextInput,
} from "@mantine/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { newIdempotencyKey } from "../../shared/api/clients";
import { formatQuantity } from "../../shared/format/numbers";
import type { InventoryRow } from "../../shared/inventory/rows";
import { texts } from "../../shared/texts/texts";
import { CloseIcon } from "../../shared/ui/icons";
import { Picture } from "../../shared/ui/Picture";
import { EmptyState } from "../../shared/ui/states";
import { type Found, findCode } from "./codes";
import { type CountedSku, type CountLine, countedNow, countOf } from "./counts";
import classes from "./Stocktake.module.css";

const words = texts.stocktake;

interface Props {
  readonly rows: readonly InventoryRow[];
  readonly lines: readonly CountLine[];
  readonly put: (count: CountedSku) => Promise<void>;
  readonly remove: (skus: readonly string[]) => Promise<void>;
}

type Mode = "type" | "tally";

/** Scan or type a code, count, next: the code's field has the focus whenever a SKU is done. */
export function Counting({ rows, lines, put, remove }: Props) {
  const [address, setAddress] = useSearchParams();
  const mode: Mode = address.get("mode") === "tally" ? "tally" : "type";
  const [code, setCode] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const [chosen, setChosen] = useState<InventoryRow | null>(null);
  const [said, setSaid] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const before = (sku: string) => lines.find(({ count }) => count.sku === sku)?.count.counted ?? null;

  const next = (message: string) => {
    setChosen(null);
    setFound(null);
    setCode("");
    setSaid(message);
    field.current?.focus();
  };
  const choose = (row: InventoryRow) => {
    setFound(null);
    if (mode === "type") {
      setChosen(row);
      return;
    }
    const counted = (before(row.sku) ?? 0) + 1;
    void put(countedNow(row, counted, newIdempotencyKey, new Date()));
    next(words.tallied(nameOf(row), counted));
  };
  const find = (event: FormEvent) => {
    event.preventDefault();
    const answer = findCode(rows, code);
    setSaid("");
    if (answer.kind === "one") {
      choose(answer.row);
    } else {
      setFound(answer);
      setChosen(null);
      field.current?.select();
    }
  };
  // "Count again" of a difference opens the SKU here.
  const asked = address.get("code");
  useEffect(() => {
    if (asked !== null) {
      setChosen(rows.find(({ sku }) => sku === asked) ?? null);
      setAddress(
        (current) => {
          current.delete("code");
          return current;
        },
        { replace: true },
      );
    }
  }, [asked, rows, setAddress]);

  return (
    <Stack maw="44rem">
      <SegmentedControl
        aria-label={words.mode}
        data={(["type", "tally"] as const).map((value) => ({ value, label: words.modes[value] }))}
        value={mode}
        onChange={(value) => {
          setAddress(
            (current) => {
              current.set("mode", value);
              return current;
            },
            { replace: true },
          );
          field.current?.focus();
        }}
      />
      <form onSubmit={find}>
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <TextInput
            ref={field}
            className={classes.code}
            size="md"
            label={words.code}
            description={words.codeHint}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={found?.kind === "none" && code.trim() !== "" ? words.unknown(code.trim()) : undefined}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            enterKeyHint="go"
            autoFocus
          />
          <Button type="submit" size="md" variant="default">
            {words.find}
          </Button>
        </Group>
      </form>
      <Text size="sm" role="status" className={classes.said}>
        {said}
      </Text>
      {found?.kind === "several" && <Choices found={found} onChoose={choose} />}
      {chosen !== null && (
        <CountForm
          key={chosen.sku}
          row={chosen}
          before={before(chosen.sku)}
          onCounted={(counted) => {
            void put(countedNow(chosen, counted, newIdempotencyKey, new Date()));
            next(words.tallied(nameOf(chosen), counted));
          }}
          onCancel={() => next("")}
        />
      )}
      {lines.length === 0 ? (
        chosen === null && <EmptyState title={words.empty.title} detail={words.empty.detail} />
      ) : (
        <Counted
          lines={lines}
          onChange={setChosen}
          onRemove={(sku) => {
            void remove([sku]);
            field.current?.focus();
          }}
        />
      )}
    </Stack>
  );
}

function Choices({
  found,
  onChoose,
}: {
  found: Extract<Found, { kind: "several" }>;
  onChoose: (row: InventoryRow) => void;
}) {
  return (
    <Stack gap={4}>
      <Text size="sm" c="dimmed" role="status">
        {words.several(found.rows.length, found.all)}
      </Text>
      {found.rows.map((row, index) => (
        <Button
          key={row.sku}
          variant="default"
          justify="flex-start"
          h="auto"
          py={6}
          onClick={() => onChoose(row)}
          data-autofocus={index === 0 || undefined}
        >
          <Named row={row} />
        </Button>
      ))}
    </Stack>
  );
}

interface CountFormProps {
  readonly row: InventoryRow;
  readonly before: number | null;
  readonly onCounted: (counted: number) => void;
  readonly onCancel: () => void;
}

function CountForm({ row, before, onCounted, onCancel }: CountFormProps) {
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const counted = countOf(typed, before);
    if (counted === null) {
      setWrong(true);
    } else {
      onCounted(counted);
    }
  };
  return (
    <Card withBorder padding="sm">
      <form
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            onCancel();
          }
        }}
        noValidate
      >
        <Stack gap="sm">
          <Named row={row} />
          <Group align="flex-start" gap="xs" wrap="nowrap">
            <TextInput
              className={classes.code}
              size="md"
              label={words.counted}
              description={
                before === null ? words.countedHint : `${words.before(before)}. ${words.countedHint}`
              }
              inputMode="numeric"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              error={wrong ? words.problem : undefined}
              autoComplete="off"
              enterKeyHint="next"
              autoFocus
            />
          </Group>
          <Group gap="xs">
            <Button type="submit">{words.next}</Button>
            <Button variant="default" onClick={onCancel}>
              {texts.common.cancel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function Counted({
  lines,
  onChange,
  onRemove,
}: {
  lines: readonly CountLine[];
  onChange: (row: InventoryRow) => void;
  onRemove: (sku: string) => void;
}) {
  return (
    <Table verticalSpacing={6} aria-label={words.list.title}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.list.product}</Table.Th>
          <Table.Th ta="right">{words.list.counted}</Table.Th>
          <Table.Th w={40}>
            <span className="visually-hidden">{words.list.actions}</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map(({ count, row }) => {
          const name = row === undefined ? count.sku : nameOf(row);
          return (
            <Table.Tr key={count.sku}>
              <Table.Td>
                {name}
                <Text size="xs" c="dimmed" className={classes.sku}>
                  {count.sku}
                </Text>
              </Table.Td>
              <Table.Td ta="right">
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`${words.list.change(name)}: ${formatQuantity(count.counted)}`}
                  disabled={row === undefined}
                  onClick={() => row && onChange(row)}
                >
                  {formatQuantity(count.counted)}
                </Button>
              </Table.Td>
              <Table.Td>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={words.list.remove(name)}
                  onClick={() => onRemove(count.sku)}
                >
                  <CloseIcon />
                </ActionIcon>
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

/** What a SKU is called where it is counted: picture, product, variant, and its codes. */
function Named({ row }: { row: InventoryRow }) {
  const codes = [row.external_id, row.barcode].filter(Boolean).join(" · ");
  return (
    <Group gap="sm" wrap="nowrap" ta="left">
      <Picture src={row.picture} size={40} />
      <div>
        <Text size="sm" fw={600}>
          {nameOf(row)}
        </Text>
        <Text size="xs" c="dimmed" className={classes.sku}>
          {row.sku}
          {codes && ` · ${codes}`}
        </Text>
      </div>
    </Group>
  );
}

function nameOf(row: InventoryRow): string {
  return row.product_name ? `${row.product_name} · ${row.variant_name}` : row.sku;
}

import { ActionIcon, Button, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { isProblem } from "../../shared/api/problems";
import { productIdOf } from "../../shared/inventory/skuId";
import { texts } from "../../shared/texts/texts";
import { CloseIcon } from "../../shared/ui/icons";
import { skuOf, type TypedLine } from "./changes";
import classes from "./Orders.module.css";
import { productNameQuery, skuQuery } from "./queries";

const TYPING_MILLISECONDS = 300;

interface Props {
  readonly lines: readonly TypedLine[];
  readonly onChange: (lines: readonly TypedLine[]) => void;
  readonly error: string | false;
  readonly isFirst?: boolean;
}

/** Lines of SKUs and units, with what each SKU is called and what is available of it. */
export function LinesEditor({ lines, onChange, error, isFirst = false }: Props) {
  const words = texts.orders.create;
  const nextId = useRef(1_000);
  const set = (id: number, members: Partial<TypedLine>) =>
    onChange(lines.map((line) => (line.id === id ? { ...line, ...members } : line)));
  const add = () => {
    nextId.current += 1;
    onChange([...lines, { id: nextId.current, sku: "", quantity: "1" }]);
  };
  return (
    <Stack gap="xs">
      {lines.map((line, index) => (
        <div key={line.id}>
          <div className={classes.typed}>
            <TextInput
              aria-label={words.sku(index + 1)}
              placeholder={texts.orders.held.placeholder}
              value={line.sku}
              onChange={(event) => set(line.id, { sku: event.currentTarget.value })}
              autoCapitalize="characters"
              spellCheck={false}
              className={classes.typedSku}
              data-autofocus={(isFirst && index === 0) || undefined}
            />
            <TextInput
              aria-label={words.quantity(index + 1)}
              inputMode="numeric"
              value={line.quantity}
              onChange={(event) => set(line.id, { quantity: event.currentTarget.value })}
              className={classes.units}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={words.remove(index + 1)}
              onClick={() => onChange(lines.filter(({ id }) => id !== line.id))}
            >
              <CloseIcon />
            </ActionIcon>
          </div>
          <SkuHint typed={line.sku} />
        </div>
      ))}
      {error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      <Button variant="subtle" size="compact-sm" onClick={add} style={{ alignSelf: "flex-start" }}>
        {words.add}
      </Button>
    </Stack>
  );
}

/** What the typed SKU is, as soon as it is one. */
function SkuHint({ typed }: { readonly typed: string }) {
  const words = texts.orders.create;
  const [sku] = useDebouncedValue(skuOf(typed), TYPING_MILLISECONDS);
  const productId = productIdOf(sku) ?? "";
  const stored = useQuery({ ...skuQuery(productId, sku), enabled: productId !== "" });
  const product = useQuery({ ...productNameQuery(productId), enabled: stored.data !== undefined });
  const text = isProblem(stored.error, "sku_not_found", "product_not_found")
    ? words.notFound
    : stored.data &&
      [
        product.data,
        stored.data.variant_name,
        stored.data.is_active && stored.data.product_is_active
          ? words.available(stored.data.available_stock)
          : words.notOffered,
      ]
        .filter(Boolean)
        .join(" · ");
  return text ? (
    <Text size="xs" c="dimmed" role="status">
      {text}
    </Text>
  ) : null;
}

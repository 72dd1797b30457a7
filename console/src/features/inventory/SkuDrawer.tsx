import { Button, Drawer, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { type ReadableError, readable } from "../../shared/api/problems";
import { formatQuantity, parseMoney, parseQuantity } from "../../shared/format/numbers";
import type { AttributeChange } from "../../shared/inventory/commands";
import type { InventoryRow } from "../../shared/inventory/rows";
import { texts } from "../../shared/texts/texts";
import { Picture } from "../../shared/ui/Picture";
import { FormError } from "./FormError";
import type { Changes } from "./useChanges";

const words = texts.inventory;

interface Props {
  readonly row: InventoryRow;
  readonly address: string;
  readonly changes: Changes;
  readonly onClose: () => void;
}

/** Everything of one SKU that the narrow list has no column for. */
export function SkuDrawer({ row, address, changes, onClose }: Props) {
  const [price, setPrice] = useState(row.unit_price.toFixed(2));
  const [threshold, setThreshold] = useState(String(row.reorder_threshold));
  const [active, setActive] = useState(row.is_active);
  const [checked, setChecked] = useState(false);
  const [error, setError] = useState<ReadableError | null>(null);
  const [busy, setBusy] = useState(false);
  const newPrice = parseMoney(price);
  const newThreshold = parseQuantity(threshold);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (newPrice === null || newThreshold === null) {
      return;
    }
    const change: AttributeChange = {
      ...(newPrice === row.unit_price ? {} : { unit_price: newPrice }),
      ...(newThreshold === row.reorder_threshold ? {} : { reorder_threshold: newThreshold }),
      ...(active === row.is_active ? {} : { is_active: active }),
    };
    if (Object.keys(change).length === 0) {
      onClose();
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await changes.attributes(row, change);
      onClose();
    } catch (refusal) {
      setError(readable(refusal));
      setBusy(false);
    }
  };
  const { columns } = words;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="bottom"
      size="21rem"
      title={words.drawer.title}
      closeButtonProps={{ "aria-label": texts.common.close }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Group gap="sm" wrap="nowrap">
            <Picture src={row.picture} size={44} />
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
                {row.product_name} · {row.variant_name}
              </Text>
              <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                {row.sku}
              </Text>
            </div>
          </Group>
          <Text size="sm">
            {words.stock.now(row.current_stock, row.reserved_stock)} · {columns.available}{" "}
            {formatQuantity(row.available_stock)}
          </Text>
          <Group grow align="flex-start" gap="sm">
            <TextInput
              label={words.price.label}
              inputMode="decimal"
              value={price}
              onChange={(event) => setPrice(event.currentTarget.value)}
              error={checked && newPrice === null ? words.price.problem : undefined}
              data-autofocus
            />
            <TextInput
              label={words.threshold.label}
              inputMode="numeric"
              value={threshold}
              onChange={(event) => setThreshold(event.currentTarget.value)}
              error={checked && newThreshold === null ? words.threshold.problem : undefined}
            />
          </Group>
          <Switch
            withThumbIndicator={false}
            label={columns.active}
            checked={active}
            onChange={(event) => setActive(event.currentTarget.checked)}
          />
          {error !== null && <FormError error={error} />}
          <Group grow gap="xs">
            <Button component={Link} to={address} variant="default">
              {words.openSku}
            </Button>
            <Button type="submit" loading={busy}>
              {words.drawer.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}

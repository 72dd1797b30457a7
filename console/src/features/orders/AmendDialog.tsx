import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { parseQuantity } from "../../shared/format/numbers";
import { texts } from "../../shared/texts/texts";
import { ActionDialog, type ActionDialogProps } from "./ActionDialog";
import { amendmentOf, type Typed, type TypedLine, typedUnits } from "./changes";
import { LinesEditor } from "./LinesEditor";
import classes from "./Orders.module.css";
import { SkuName } from "./SkuName";
import { useShownLines } from "./useShownLines";

const QUANTITY_MAX = 1_000_000;

/** Raise, lower, drop and add lines: what the order reserves afterwards. */
export function AmendDialog({ order, onEdit, onSend, ...state }: ActionDialogProps) {
  const words = texts.orders.actions.amend;
  const [typed, setTyped] = useState<Typed>({});
  const [added, setAdded] = useState<readonly TypedLine[]>([]);
  const [tried, setTried] = useState(false);
  const { shown, search, more } = useShownLines(order.lines);
  const amendment = amendmentOf(order, typed, added);
  const type = (sku: string, quantity: string) => {
    setTyped({ ...typed, [sku]: quantity });
    onEdit();
  };
  const submit = () => {
    setTried(true);
    if (amendment !== null && amendment.lines.length > 0) onSend({ type: "amend", lines: amendment.lines });
  };
  const areAddedWrong =
    typedUnits(
      added,
      order.lines.map(({ sku }) => sku),
    ) === null;
  return (
    <ActionDialog
      title={words.title(order.order_id)}
      submit={words.submit}
      size="lg"
      onSubmit={submit}
      {...state}
    >
      <Text size="sm" c="dimmed">
        {words.intro}
      </Text>
      {search}
      {shown.map(({ product_id, sku, reserved }, index) => {
        const text = typed[sku] ?? String(reserved);
        return (
          <div key={sku} className={classes.line}>
            <SkuName productId={product_id} sku={sku} />
            <div className={classes.lineInputs}>
              <Text size="sm" c="dimmed" className={classes.of}>
                {words.reservedNow(reserved)}
              </Text>
              <TextInput
                aria-label={words.units(sku)}
                inputMode="numeric"
                value={text}
                onChange={(event) => type(sku, event.currentTarget.value)}
                error={parseQuantity(text, 0, QUANTITY_MAX) === null && texts.orders.invalid.amended}
                className={classes.units}
                data-autofocus={index === 0 || undefined}
              />
              <Button
                variant="default"
                size="compact-sm"
                aria-label={words.drop(sku)}
                onClick={() => type(sku, "0")}
              >
                {words.dropShort}
              </Button>
            </div>
          </div>
        );
      })}
      {more}
      <Stack gap={4}>
        {added.length > 0 && (
          <Text size="sm" fw={600}>
            {words.added}
          </Text>
        )}
        <LinesEditor
          lines={added}
          onChange={(next) => {
            setAdded(next);
            onEdit();
          }}
          error={tried && areAddedWrong && texts.orders.invalid.lines}
        />
      </Stack>
      <Text size="sm" aria-live="polite" mih="1lh">
        {amendment !== null &&
          (amendment.lines.length > 0
            ? words.change(amendment.added, amendment.released)
            : tried && texts.orders.invalid.unchanged)}
      </Text>
      {amendment?.cancelsAll && (
        <Text size="sm" c="var(--mantine-color-error)">
          {words.cancelsAll}
        </Text>
      )}
    </ActionDialog>
  );
}

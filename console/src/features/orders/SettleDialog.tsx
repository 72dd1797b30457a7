import { Button, Checkbox, SegmentedControl, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Order } from "../../shared/api/clients";
import { areNotes } from "../../shared/format/notes";
import { formatQuantity } from "../../shared/format/numbers";
import { texts } from "../../shared/texts/texts";
import { ActionDialog, type ActionDialogProps } from "./ActionDialog";
import { type Settling, totalOf, unitsOf } from "./allowed";
import { allUnits, isReason, settledUnits, type Typed, type Units } from "./changes";
import type { Command } from "./commands";
import classes from "./Orders.module.css";
import { SkuName } from "./SkuName";
import { useShownLines } from "./useShownLines";

const NOTES_MAX_BYTES = 120;
type Extent = "all" | "some";

interface Props extends ActionDialogProps {
  readonly settling: Settling;
}

/** Confirm, cancel or refund: all that is left, or some lines with their units. */
export function SettleDialog({ settling, order, onEdit, onSend, ...state }: Props) {
  const words = texts.orders.actions[settling];
  const [extent, setExtent] = useState<Extent>("all");
  const [typed, setTyped] = useState<Typed>({});
  /** SKUs whose refunded units do not return to the stock. */
  const [unsellable, setUnsellable] = useState<ReadonlySet<string>>(new Set());
  const [restock, setRestock] = useState(true);
  const [reason, setReason] = useState("");
  const [notes, setNotes] = useState("");
  const [tried, setTried] = useState(false);
  const total = totalOf(order, settling);
  const settled = extent === "all" ? allUnits(order, settling) : settledUnits(order, typed);
  const units = settled?.reduce((sum, line) => sum + line.quantity, 0) ?? 0;
  const edited =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      set(value);
      onEdit();
    };
  const submit = () => {
    setTried(true);
    const isComplete = extent === "all" || (settled !== null && settled.length > 0);
    if (!isComplete || !isReason(reason) || !areNotes(notes, NOTES_MAX_BYTES)) return;
    const lines = extent === "all" ? undefined : (settled ?? undefined);
    const why = { reason: reason.trim() || undefined, notes: notes.trim() || undefined };
    onSend(commandOf(settling, lines, why, restock, extent === "all" ? new Set() : unsellable));
  };
  return (
    <ActionDialog
      title={words.title(order.order_id)}
      submit={units === 0 ? words.button : words.submit(units)}
      size="lg"
      isSubmitFirst={settling === "confirm"}
      onSubmit={submit}
      {...state}
    >
      {settling === "refund" && (
        <Text size="sm" c="dimmed">
          {texts.orders.actions.refund.intro}
        </Text>
      )}
      <SegmentedControl
        aria-label={texts.orders.settle.what}
        value={extent}
        onChange={(value) => edited(setExtent)(value as Extent)}
        data={[
          { value: "all", label: words.all(total) },
          { value: "some", label: texts.orders.settle.some },
        ]}
      />
      {extent === "some" && (
        <SettledLines
          order={order}
          settling={settling}
          typed={typed}
          onType={edited(setTyped)}
          unsellable={unsellable}
          onUnsellable={edited(setUnsellable)}
          error={tried && settled?.length === 0}
        />
      )}
      {settling === "refund" && extent === "all" && (
        <Switch
          label={texts.orders.settle.restock}
          checked={restock}
          onChange={(event) => edited(setRestock)(event.currentTarget.checked)}
        />
      )}
      {settling !== "confirm" && (
        <WhyFields
          reasons={texts.orders.settle[settling === "cancel" ? "cancelReasons" : "refundReasons"]}
          reason={reason}
          onReason={edited(setReason)}
          notes={notes}
          onNotes={edited(setNotes)}
        />
      )}
    </ActionDialog>
  );
}

function commandOf(
  settling: Settling,
  lines: readonly Units[] | undefined,
  why: { reason: string | undefined; notes: string | undefined },
  restock: boolean,
  unsellable: ReadonlySet<string>,
): Command {
  const named = lines === undefined ? {} : { lines };
  if (settling === "confirm") return { type: "confirm", ...named };
  const explained = {
    ...(why.reason === undefined ? {} : { reason: why.reason }),
    ...(why.notes === undefined ? {} : { notes: why.notes }),
  };
  if (settling === "cancel") return { type: "cancel", ...named, ...explained };
  const refunded = lines?.map((line) => (unsellable.has(line.sku) ? { ...line, restock: false } : line));
  return { type: "refund", ...(refunded ? { lines: refunded } : {}), restock, ...explained };
}

interface SettledLinesProps {
  readonly order: Order;
  readonly settling: Settling;
  readonly typed: Typed;
  readonly onType: (typed: Typed) => void;
  readonly unsellable: ReadonlySet<string>;
  readonly onUnsellable: (skus: ReadonlySet<string>) => void;
  /** Whether no line has units, although they were to be sent. */
  readonly error: boolean;
}

function SettledLines(props: SettledLinesProps) {
  const { order, settling, typed, onType, unsellable, onUnsellable, error } = props;
  const words = texts.orders.settle;
  const lines = order.lines.filter((line) => unitsOf(line, settling) > 0);
  const { shown, search, more } = useShownLines(lines);
  const setRestock = (sku: string, returns: boolean) => {
    const next = new Set(unsellable);
    if (returns) next.delete(sku);
    else next.add(sku);
    onUnsellable(next);
  };
  return (
    <Stack gap="xs">
      {search}
      {shown.map((line) => {
        const left = unitsOf(line, settling);
        const text = typed[line.sku] ?? "";
        const isWrong = text.trim() !== "" && settledUnits({ ...order, lines: [line] }, typed) === null;
        return (
          <div key={line.sku} className={classes.line}>
            <SkuName productId={line.product_id} sku={line.sku} />
            <div className={classes.lineInputs}>
              {settling === "refund" && (
                <Checkbox
                  label={words.restockShort}
                  aria-label={words.restockOf(line.sku)}
                  checked={!unsellable.has(line.sku)}
                  onChange={(event) => setRestock(line.sku, event.currentTarget.checked)}
                />
              )}
              <TextInput
                aria-label={words.units(line.sku)}
                inputMode="numeric"
                value={text}
                onChange={(event) => onType({ ...typed, [line.sku]: event.currentTarget.value })}
                error={isWrong && texts.orders.invalid.quantity}
                className={classes.units}
              />
              <Text size="sm" c="dimmed" className={classes.of}>
                {words.of(left)}
              </Text>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={words.allOf(line.sku)}
                onClick={() => onType({ ...typed, [line.sku]: formatQuantity(left) })}
              >
                {words.allShort}
              </Button>
            </div>
          </div>
        );
      })}
      {more}
      {error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {texts.orders.invalid.none}
        </Text>
      )}
    </Stack>
  );
}

interface WhyProps {
  readonly reasons: readonly string[];
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly notes: string;
  readonly onNotes: (notes: string) => void;
}

function WhyFields({ reasons, reason, onReason, notes, onNotes }: WhyProps) {
  const words = texts.orders.settle;
  return (
    <>
      <TextInput
        label={words.reason}
        description={words.reasonHint}
        list="reasons"
        data-autofocus
        value={reason}
        onChange={(event) => onReason(event.currentTarget.value)}
        error={!isReason(reason) && texts.orders.invalid.reason}
      />
      <datalist id="reasons">
        {reasons.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <TextInput
        label={words.notes}
        description={words.notesHint}
        value={notes}
        onChange={(event) => onNotes(event.currentTarget.value)}
        error={!areNotes(notes, NOTES_MAX_BYTES) && texts.orders.invalid.notes}
      />
    </>
  );
}

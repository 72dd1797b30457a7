import { Button, Group, Modal, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { newIdempotencyKey, type Sku } from "../../shared/api/clients";
import { isProblem } from "../../shared/api/problems";
import { areNotes } from "../../shared/format/notes";
import { formatChange, formatQuantity, parseQuantity } from "../../shared/format/numbers";
import { changeStock, readSku, type StockChange } from "../../shared/inventory/commands";
import { texts } from "../../shared/texts/texts";
import { ConflictDialog } from "../../shared/ui/ConflictDialog";
import { Refusal } from "../../shared/ui/Refusal";
import { useStored } from "./stored";

const CHANGE_MAX = 1_000_000;
const STOCK_MAX = 1_000_000_000;
type Mode = "change" | "count";

interface Props {
  readonly sku: Sku;
  readonly onClose: () => void;
}

/** Correct the stock by a difference, or to what was counted, with a reason. */
export function AdjustDialog({ sku, onClose }: Props) {
  const words = texts.sku.adjust;
  const { setSku, showChange } = useStored(sku);
  const [mode, setMode] = useState<Mode>("change");
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  /** What the counter saw; a sale meanwhile makes the count stale, which the service finds. */
  const [expected, setExpected] = useState(sku.current_stock);
  const [current, setCurrent] = useState<Sku | null>(null);
  const key = useRef(newIdempotencyKey());
  const unitsInput = useRef<HTMLInputElement>(null);
  const byPointer = useRef(false);
  const units = parseUnits(mode, typed);
  const notes = reason.trim();
  const before = mode === "count" ? expected : sku.current_stock;
  const after = units === null ? null : mode === "count" ? units : sku.current_stock + units;
  const command = useMutation({
    mutationFn: (change: StockChange) => changeStock(sku, change, key.current),
    onSuccess: (change) => {
      const moved = change.transaction.quantity_change;
      showChange(moved === 0 ? words.doneEqual : words.done(formatChange(moved)), change);
      onClose();
    },
    onError: async (error) => {
      if (isProblem(error, "count_stale")) setCurrent(await readSku(sku));
    },
  });
  const renew = () => {
    key.current = newIdempotencyKey();
    command.reset();
  };
  const send = (stock: number) => {
    if (units === null || notes === "" || !areNotes(notes)) return;
    command.mutate(
      mode === "count"
        ? { type: "count", counted_stock: units, expected_stock: stock, notes }
        : { type: "adjustment", quantity_change: units, notes },
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    send(expected);
  };
  if (current !== null) {
    return (
      <ConflictDialog
        subject={sku.variant_name}
        detail={command.error?.message}
        rows={[
          {
            label: texts.sku.onHand,
            yours: formatQuantity(expected),
            theirs: formatQuantity(current.current_stock),
          },
          { label: words.count, yours: typed, theirs: texts.common.none },
        ]}
        onKeepTheirs={() => {
          setSku(current);
          onClose();
        }}
        onApplyYours={() => {
          setSku(current);
          setExpected(current.current_stock);
          setCurrent(null);
          renew();
          send(current.current_stock);
        }}
      />
    );
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${words.title}: ${sku.variant_name}`}
      closeButtonProps={{ "aria-label": texts.common.close }}
      centered
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <SegmentedControl
            aria-label={words.mode}
            value={mode}
            onPointerDown={() => {
              byPointer.current = true;
            }}
            onKeyDown={() => {
              byPointer.current = false;
            }}
            onChange={(value) => {
              setMode(value as Mode);
              setTyped("");
              renew();
              // Who clicked types next; by keyboard the arrow keys go on to the other way.
              if (byPointer.current) unitsInput.current?.focus();
            }}
            data={[
              { value: "change", label: words.byChange },
              { value: "count", label: words.byCount },
            ]}
          />
          <TextInput
            ref={unitsInput}
            label={mode === "change" ? words.change : words.count}
            description={mode === "change" ? words.changeHint : words.countHint(formatQuantity(expected))}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              renew();
            }}
            error={tried && units === null && texts.sku.invalid[mode]}
            data-autofocus
          />
          <TextInput
            label={words.reason}
            description={words.reasonHint}
            value={reason}
            onChange={(event) => {
              setReason(event.currentTarget.value);
              renew();
            }}
            error={reasonError(tried, notes)}
            withAsterisk
          />
          <Text size="sm" aria-live="polite" mih="1lh">
            {after === null
              ? words.now(formatQuantity(before), formatQuantity(sku.reserved_stock))
              : words.result(formatQuantity(before), formatQuantity(after))}
          </Text>
          {after !== null && after < sku.reserved_stock && (
            <Text size="sm" c="var(--mantine-color-error)">
              {words.belowReserved(formatQuantity(sku.reserved_stock))}
            </Text>
          )}
          {command.isError && !isProblem(command.error, "count_stale") && <Refusal error={command.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.common.cancel}
            </Button>
            <Button type="submit" loading={command.isPending}>
              {words.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function parseUnits(mode: Mode, typed: string): number | null {
  if (mode === "count") return parseQuantity(typed, 0, STOCK_MAX);
  const change = parseQuantity(typed, -CHANGE_MAX, CHANGE_MAX);
  return change === 0 ? null : change;
}

function reasonError(tried: boolean, notes: string): string | false {
  if (!areNotes(notes)) return texts.sku.invalid.notes;
  return tried && notes === "" && texts.sku.invalid.reason;
}

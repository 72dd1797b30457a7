import { Anchor, Button, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { Link } from "react-router";
import { type ReadableError, readable } from "../../shared/api/problems";
import type { StockChange } from "../../shared/inventory/commands";
import type { InventoryRow } from "../../shared/inventory/rows";
import { texts } from "../../shared/texts/texts";
import { FormError } from "./FormError";
import { previewOf, type StockInputProblem, type StockMode, stockChangeOf } from "./stockInput";

const words = texts.inventory.stock;
const MODES: readonly StockMode[] = ["restock", "adjustment", "count"];

interface Props {
  readonly row: InventoryRow;
  /** The page of the SKU, which shows the orders that hold units of it. */
  readonly address: string;
  readonly initial: { readonly mode: StockMode; readonly quantity: string };
  readonly onSubmit: (change: StockChange) => Promise<void>;
  readonly onCancel: () => void;
}

/** Restock, adjust or count one SKU. What is typed stays when the service refuses it. */
export function StockForm({ row, address, initial, onSubmit, onCancel }: Props) {
  const [mode, setMode] = useState<StockMode>(initial.mode);
  const [quantity, setQuantity] = useState(initial.quantity);
  const [notes, setNotes] = useState("");
  // A count is made against the stock that the person saw when the form opened.
  const [expected] = useState(row.current_stock);
  const [problem, setProblem] = useState<StockInputProblem | null>(null);
  const [error, setError] = useState<ReadableError | null>(null);
  const [busy, setBusy] = useState(false);
  const quantityInput = useRef<HTMLInputElement>(null);
  const byPointer = useRef(false);
  const preview = previewOf({ mode, quantity, notes }, expected);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const result = stockChangeOf({ mode, quantity, notes }, expected);
    if ("problem" in result) {
      setProblem(result.problem);
      return;
    }
    setProblem(null);
    setBusy(true);
    setError(null);
    try {
      await onSubmit(result.change);
    } catch (refusal) {
      setError(readable(refusal));
      setBusy(false);
    }
  };
  const noteProblem = problem === "notes" || problem === "notesTooLong" ? words.problems[problem] : undefined;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={words.mode}
          data={MODES.map((value) => ({ value, label: words.modes[value] }))}
          value={mode}
          onPointerDown={() => {
            byPointer.current = true;
          }}
          onKeyDown={() => {
            byPointer.current = false;
          }}
          onChange={(value) => {
            setMode(value as StockMode);
            setProblem(null);
            // Who clicked types next; by keyboard the arrow keys go on to the next way.
            if (byPointer.current) {
              quantityInput.current?.focus();
            }
          }}
          fullWidth
        />
        <TextInput
          ref={quantityInput}
          label={words.quantity[mode]}
          description={mode === "count" ? words.countHint : undefined}
          placeholder={words.hint[mode]}
          inputMode={mode === "adjustment" ? "text" : "numeric"}
          value={quantity}
          onChange={(event) => setQuantity(event.currentTarget.value)}
          error={problem === "quantity" ? words.problems.quantity[mode] : undefined}
          autoComplete="off"
          data-autofocus
        />
        <div>
          <TextInput
            label={mode === "restock" ? words.note : words.reason}
            value={notes}
            onChange={(event) => setNotes(event.currentTarget.value)}
            error={noteProblem}
            autoComplete="off"
          />
          {mode !== "restock" && (
            <Group gap={4} mt={6} role="group" aria-label={words.reasonsLabel}>
              {words.reasons.map((reason) => (
                <Button
                  key={reason}
                  size="compact-xs"
                  variant="default"
                  fw={400}
                  onClick={() => setNotes(reason)}
                >
                  {reason}
                </Button>
              ))}
            </Group>
          )}
        </div>
        <Text size="xs" c="dimmed" aria-live="polite">
          {preview === null ? words.now(expected, row.reserved_stock) : words.preview(expected, preview)}
        </Text>
        {error !== null && <FormError error={error} />}
        {error?.code === "adjustment_below_reserved" && (
          <Anchor component={Link} to={address} size="xs">
            {words.holders}
          </Anchor>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" size="xs" onClick={onCancel}>
            {texts.common.cancel}
          </Button>
          <Button type="submit" size="xs" loading={busy}>
            {texts.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

import { Alert, Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { newIdempotencyKey, type Sku } from "../../shared/api/clients";
import { areNotes } from "../../shared/format/notes";
import { formatQuantity, parseQuantity } from "../../shared/format/numbers";
import { changeStock } from "../../shared/inventory/commands";
import { texts } from "../../shared/texts/texts";
import { Refusal } from "../../shared/ui/Refusal";
import { useStored } from "./stored";

const QUANTITY_MAX = 1_000_000;

interface Props {
  readonly sku: Sku;
  readonly onClose: () => void;
}

export function RestockDialog({ sku, onClose }: Props) {
  const words = texts.sku.restock;
  const { showChange } = useStored(sku);
  const [quantity, setQuantity] = useState("");
  const [notes, setNotes] = useState("");
  const [tried, setTried] = useState(false);
  // The same key until the form is changed: a retry after a lost answer adds nothing twice.
  const key = useRef(newIdempotencyKey());
  const units = parseQuantity(quantity, 1, QUANTITY_MAX);
  const command = useMutation({
    mutationFn: (quantity: number) =>
      changeStock(sku, { type: "restock", quantity, notes: notes.trim() || undefined }, key.current),
    onSuccess: (change) => {
      showChange(words.done(formatQuantity(change.transaction.quantity)), change);
      onClose();
    },
  });
  const edit = (set: (value: string) => void) => (value: string) => {
    set(value);
    key.current = newIdempotencyKey();
    command.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (units !== null && areNotes(notes)) command.mutate(units);
  };
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
          {!(sku.is_active && sku.product_is_active) && <Alert color="orange">{words.inactive}</Alert>}
          <TextInput
            label={words.quantity}
            inputMode="numeric"
            value={quantity}
            onChange={(event) => edit(setQuantity)(event.currentTarget.value)}
            error={tried && units === null && texts.sku.invalid.quantity}
            data-autofocus
          />
          <TextInput
            label={words.notes}
            description={words.notesHint}
            value={notes}
            onChange={(event) => edit(setNotes)(event.currentTarget.value)}
            error={!areNotes(notes) && texts.sku.invalid.notes}
          />
          {command.isError && <Refusal error={command.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.common.cancel}
            </Button>
            <Button type="submit" loading={command.isPending}>
              {units === null ? words.button : words.submit(formatQuantity(units))}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

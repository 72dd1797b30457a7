import { ActionIcon, Alert, Button, Group, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Sku } from "../../shared/api/clients";
import { isProblem } from "../../shared/api/problems";
import { formatMoney, formatQuantity } from "../../shared/format/numbers";
import { type AttributeChange, changeAttributes, readSku } from "../../shared/inventory/commands";
import { texts } from "../../shared/texts/texts";
import { ConflictDialog, type ConflictRow } from "../../shared/ui/ConflictDialog";
import { CloseIcon } from "../../shared/ui/icons";
import { Refusal } from "../../shared/ui/Refusal";
import { showDone } from "../../shared/ui/toasts";
import {
  ATTRIBUTES_MAX,
  type AttributeRow,
  attributesText,
  type Details,
  detailsOf,
  errorsOf,
  inverseOf,
  patchOf,
} from "./details";
import { useStored } from "./stored";

interface Conflict {
  readonly patch: AttributeChange;
  readonly current: Sku;
  readonly detail: string;
}

/** Price, threshold and what the variant is called, changed against the version that was read. */
export function DetailsForm({ sku }: { readonly sku: Sku }) {
  const words = texts.sku.details;
  const { setSku } = useStored(sku);
  /** What the form was filled from. */
  const [base, setBase] = useState(sku);
  const [details, setDetails] = useState(() => detailsOf(sku));
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const errors = errorsOf(details);
  const patch = patchOf(base, details);
  const isDirty = Object.keys(patch).length > 0 || errors.length > 0;
  const isStale = sku.details_version !== base.details_version;
  const fill = (from: Sku) => {
    setBase(from);
    setDetails(detailsOf(from));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: an open form keeps what is typed.
  useEffect(() => {
    if (isStale && !isDirty) fill(sku);
  }, [isStale, isDirty]);
  const save = useMutation({
    mutationFn: ({ patch, version }: { patch: AttributeChange; version: number; before: Sku }) =>
      changeAttributes(sku, patch, version),
    onSuccess: (changed, { patch, before }) => {
      setSku(changed);
      fill(changed);
      setConflict(null);
      showDone(words.saved, async () => {
        setSku(await changeAttributes(sku, inverseOf(before, patch), changed.details_version));
      });
    },
    onError: async (error, { patch }) => {
      if (isProblem(error, "precondition_failed")) {
        setConflict({ patch, current: await readSku(sku), detail: error.message });
      }
    },
  });
  const edit = (members: Partial<Details>) => {
    setDetails({ ...details, ...members });
    save.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isDirty && errors.length === 0) save.mutate({ patch, version: base.details_version, before: base });
  };
  const errorOf = (name: (typeof errors)[number]) => errors.includes(name) && texts.sku.invalid[name];
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="details">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Title order={2} size="h5" id="details">
            {words.title}
          </Title>
          {isStale && isDirty && !conflict && <Alert color="orange">{words.changedElsewhere}</Alert>}
          <TextInput
            label={words.name}
            value={details.name}
            onChange={(event) => edit({ name: event.currentTarget.value })}
            error={errorOf("name")}
          />
          <Group grow align="flex-start" gap="sm">
            <TextInput
              label={texts.sku.price}
              inputMode="decimal"
              value={details.price}
              onChange={(event) => edit({ price: event.currentTarget.value })}
              error={errorOf("price")}
            />
            <TextInput
              label={texts.sku.threshold}
              inputMode="numeric"
              value={details.threshold}
              onChange={(event) => edit({ threshold: event.currentTarget.value })}
              error={errorOf("threshold")}
            />
          </Group>
          <TextInput
            label={texts.sku.barcode}
            description={words.barcodeHint}
            value={details.barcode}
            onChange={(event) => edit({ barcode: event.currentTarget.value })}
            error={errorOf("barcode")}
          />
          <Attributes
            rows={details.attributes}
            onChange={(attributes) => edit({ attributes })}
            error={errorOf("attributes")}
          />
          {save.isError && !isProblem(save.error, "precondition_failed") && <Refusal error={save.error} />}
          <Group justify="flex-end" gap="xs">
            {isDirty && (
              <Button variant="default" onClick={() => fill(sku)}>
                {words.discard}
              </Button>
            )}
            <Button type="submit" disabled={!isDirty || errors.length > 0} loading={save.isPending}>
              {words.save}
            </Button>
          </Group>
        </Stack>
      </form>
      {conflict && (
        <ConflictDialog
          subject={sku.sku}
          detail={conflict.detail}
          rows={conflictRows(conflict)}
          onKeepTheirs={() => {
            setSku(conflict.current);
            fill(conflict.current);
            setConflict(null);
            save.reset();
          }}
          onApplyYours={() =>
            save.mutate({
              patch: conflict.patch,
              version: conflict.current.details_version,
              before: conflict.current,
            })
          }
        />
      )}
    </Paper>
  );
}

interface AttributesProps {
  readonly rows: readonly AttributeRow[];
  readonly onChange: (rows: readonly AttributeRow[]) => void;
  readonly error: string | false;
}

function Attributes({ rows, onChange, error }: AttributesProps) {
  const words = texts.sku.details;
  const nextId = useRef(rows.length);
  const set = (id: number, members: Partial<AttributeRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...members } : row)));
  const add = () => {
    nextId.current += 1;
    onChange([...rows, { id: 1000 + nextId.current, name: "", value: "" }]);
  };
  return (
    <Stack gap={4} role="group" aria-labelledby="attributes">
      <Text size="sm" fw={600} id="attributes">
        {words.attributes}
      </Text>
      {rows.map((row, index) => (
        <Group key={row.id} gap={4} wrap="nowrap">
          <TextInput
            aria-label={words.attributeName(index + 1)}
            placeholder="color"
            value={row.name}
            onChange={(event) => set(row.id, { name: event.currentTarget.value })}
            style={{ flex: 1, minWidth: 0 }}
          />
          <TextInput
            aria-label={words.attributeValue(index + 1)}
            placeholder="Black"
            value={row.value}
            onChange={(event) => set(row.id, { value: event.currentTarget.value })}
            style={{ flex: 1, minWidth: 0 }}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={words.removeAttribute(row.name)}
            onClick={() => onChange(rows.filter((other) => other.id !== row.id))}
          >
            <CloseIcon />
          </ActionIcon>
        </Group>
      ))}
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      {rows.length < ATTRIBUTES_MAX && (
        <Button variant="subtle" size="compact-sm" onClick={add} style={{ alignSelf: "flex-start" }}>
          {words.addAttribute}
        </Button>
      )}
    </Stack>
  );
}

function conflictRows({ patch, current }: Conflict): ConflictRow[] {
  const words = texts.sku;
  const none = texts.common.none;
  const rows: ConflictRow[] = [];
  const add = (label: string, yours: string, theirs: string) => rows.push({ label, yours, theirs });
  if (patch.variant_name !== undefined) add(words.details.name, patch.variant_name, current.variant_name);
  if (patch.unit_price !== undefined) {
    add(words.price, formatMoney(patch.unit_price), formatMoney(current.unit_price));
  }
  if (patch.reorder_threshold !== undefined) {
    add(words.threshold, formatQuantity(patch.reorder_threshold), formatQuantity(current.reorder_threshold));
  }
  if (patch.barcode !== undefined) add(words.barcode, patch.barcode ?? none, current.barcode ?? none);
  if (patch.variant_attributes !== undefined) {
    const yours = attributesText(patch.variant_attributes) || none;
    add(words.details.attributes, yours, attributesText(current.variant_attributes) || none);
  }
  return rows;
}

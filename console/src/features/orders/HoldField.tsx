import { Group, NativeSelect, TextInput } from "@mantine/core";
import { texts } from "../../shared/texts/texts";
import { type Hold, type HoldUnit, holdSecondsOf } from "./holds";

interface Props {
  readonly hold: Hold;
  readonly onChange: (hold: Hold) => void;
  readonly isFirst?: boolean;
}

const UNITS: readonly HoldUnit[] = ["minutes", "hours", "days"];

/** How long units stay reserved. */
export function HoldField({ hold, onChange, isFirst = false }: Props) {
  const words = texts.orders.hold;
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <TextInput
        label={words.label}
        inputMode="numeric"
        value={hold.amount}
        onChange={(event) => onChange({ ...hold, amount: event.currentTarget.value })}
        error={holdSecondsOf(hold) === null && words.invalid}
        data-autofocus={isFirst || undefined}
        style={{ flex: 1 }}
      />
      <NativeSelect
        aria-label={words.unit}
        mt={24}
        value={hold.unit}
        onChange={(event) => onChange({ ...hold, unit: event.currentTarget.value as HoldUnit })}
        data={UNITS.map((value) => ({ value, label: words.units[value] }))}
      />
    </Group>
  );
}

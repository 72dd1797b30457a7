import { Button, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { formatQuantity } from "../../shared/format/numbers";
import { texts } from "../../shared/texts/texts";
import { WideTable } from "../../shared/ui/WideTable";
import classes from "./Imports.module.css";
import type { PlannedUnit } from "./protocol";
import { RejectsButton } from "./RejectsButton";
import { shownName, shownReason, shownValues } from "./shown";
import type { Preview } from "./useImport";

const words = texts.imports.preview;
const UNITS_SHOWN = 200;

interface Props {
  readonly preview: Preview;
  readonly onApply: () => void;
  readonly onBack: () => void;
  readonly rejectsFile: () => Promise<{ name: string; content: Blob } | null>;
}

/** What an import would do, before it does. */
export function ImportPreview({ preview, onApply, onBack, rejectsFile }: Props) {
  const { compared, units, rejected } = preview;
  const { counts, reasons } = compared;
  const planned = counts.create + counts.change;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {(["create", "change", "unchanged", "rejected"] as const).map((name) => (
          <Paper key={name} withBorder p="xs">
            <Text size="xs" c="dimmed">
              {words[name]}
            </Text>
            <Text size="lg" fw={600} className={classes.numbers}>
              {formatQuantity(counts[name])}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
      {counts.stays_inactive > 0 && <Text size="sm">{words.inactive(counts.stays_inactive)}</Text>}
      {units.length > 0 && units.length < planned && (
        <Text size="sm" c="dimmed">
          {words.together(planned, units.length)}
        </Text>
      )}
      <Group>
        <Button onClick={onApply} disabled={units.length === 0}>
          {words.apply(units.length)}
        </Button>
        <Button variant="default" onClick={onBack}>
          {words.back}
        </Button>
      </Group>
      {counts.rejected > 0 && (
        <div>
          <Title order={2} size="h5">
            {words.reasons}
          </Title>
          <Table verticalSpacing={4} aria-label={words.reasons}>
            <Table.Tbody>
              {reasons.slice(0, 10).map(({ reason, rows }) => (
                <Table.Tr key={reason}>
                  <Table.Td className={classes.shown}>{shownReason(reason)}</Table.Td>
                  <Table.Td ta="right" className={classes.numbers}>
                    {formatQuantity(rows)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Text size="sm" c="dimmed" my={4}>
            {rejected
              .slice(0, 3)
              .map(({ line, reason }) => `${words.line} ${line}: ${shownReason(reason)}`)
              .join(" · ")}
          </Text>
          <RejectsButton rejectsFile={rejectsFile} />
        </div>
      )}
      {units.length === 0 && counts.rejected === 0 && <Text>{words.nothing}</Text>}
      {units.length > 0 && (
        <div>
          <Title order={2} size="h5">
            {units.length > UNITS_SHOWN ? words.first(UNITS_SHOWN, units.length) : words.changes}
          </Title>
          <WideTable minWidth={420} label={words.changes}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th ta="right">{words.line}</Table.Th>
                <Table.Th miw="9rem">{words.what}</Table.Th>
                <Table.Th>{words.shown}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {units.slice(0, UNITS_SHOWN).map((unit) => (
                <Table.Tr key={unit.number}>
                  <Table.Td ta="right" className={classes.numbers}>
                    {unit.line}
                  </Table.Td>
                  <Table.Td className={classes.shown}>{shownName(unit)}</Table.Td>
                  <Table.Td className={classes.shown}>
                    <Values unit={unit} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </WideTable>
        </div>
      )}
    </Stack>
  );
}

function Values({ unit }: { unit: PlannedUnit }) {
  const values = shownValues(unit.command);
  if (values === null) {
    return unit.shown;
  }
  return values.map(({ label, value }, index) => (
    <span key={label}>
      {index > 0 && " · "}
      <Text span size="xs" c="dimmed">
        {label}
      </Text>{" "}
      {value}
    </span>
  ));
}

import { Button, Group, Modal, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../texts/texts";

/** One attribute of both versions. */
export interface ConflictRow {
  readonly label: string;
  readonly yours: ReactNode;
  readonly theirs: ReactNode;
}

interface Props {
  /** What was to be changed. */
  readonly subject: string;
  /** The service's own sentence. */
  readonly detail?: string;
  readonly rows: readonly ConflictRow[];
  /** Close, and show what is stored. */
  readonly onKeepTheirs: () => void;
  /** Apply the change to what is stored now; absent where it cannot be. */
  readonly onApplyYours?: () => void;
}

/** Both versions of what two people changed at once. */
export function ConflictDialog({ subject, detail, rows, onKeepTheirs, onApplyYours }: Props) {
  const words = texts.common.conflict;
  return (
    <Modal
      opened
      onClose={onKeepTheirs}
      title={words.title}
      closeButtonProps={{ "aria-label": texts.common.close }}
      centered
    >
      <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        {subject}
      </Text>
      {detail && (
        <Text size="sm" c="dimmed">
          {detail}
        </Text>
      )}
      <Table mt="sm" withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Td />
            <Table.Th ta="right">{words.yours}</Table.Th>
            <Table.Th ta="right">{words.theirs}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.label}>
              <Table.Th>{row.label}</Table.Th>
              <Table.Td ta="right">{row.yours}</Table.Td>
              <Table.Td ta="right">{row.theirs}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group justify="flex-end" mt="md" gap="xs">
        {onApplyYours && (
          <Button variant="default" onClick={onApplyYours}>
            {words.applyYours}
          </Button>
        )}
        <Button onClick={onKeepTheirs} data-autofocus>
          {words.keepTheirs}
        </Button>
      </Group>
    </Modal>
  );
}

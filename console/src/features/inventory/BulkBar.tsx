import { Button, Group, Menu, Text } from "@mantine/core";
import { texts } from "../../shared/texts/texts";
import classes from "./BulkBar.module.css";

const words = texts.inventory.bulk;

export const BULK_KINDS = ["restock", "adjustment", "price", "threshold", "activate", "deactivate"] as const;
export type BulkKind = (typeof BULK_KINDS)[number];

interface Props {
  readonly count: number;
  /** How many of the selected rows the filter hides. */
  readonly hidden: number;
  readonly narrow: boolean;
  readonly onAction: (kind: BulkKind) => void;
  readonly onClear: () => void;
}

/** What can be done to the selected rows. */
export function BulkBar({ count, hidden, narrow, onAction, onClear }: Props) {
  return (
    <Group gap="xs" className={classes.bar} role="region" aria-label={words.selected(count)}>
      <Text size="sm" fw={600} role="status">
        {words.selected(count)}
        {hidden > 0 && (
          <Text span size="xs" c="dimmed">
            {" "}
            {words.hidden(hidden)}
          </Text>
        )}
      </Text>
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        {words.clear}
      </Button>
      {narrow ? (
        <Menu>
          <Menu.Target>
            <Button size="compact-sm">{texts.inventory.drawer.title} …</Button>
          </Menu.Target>
          <Menu.Dropdown>
            {BULK_KINDS.map((kind) => (
              <Menu.Item key={kind} onClick={() => onAction(kind)}>
                {words.actions[kind]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : (
        BULK_KINDS.map((kind) => (
          <Button key={kind} size="compact-sm" variant="default" onClick={() => onAction(kind)}>
            {words.actions[kind]}
          </Button>
        ))
      )}
    </Group>
  );
}

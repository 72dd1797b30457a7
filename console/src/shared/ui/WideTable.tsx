import { Table, type TableProps } from "@mantine/core";

interface Props extends TableProps {
  /** What it shows, for people who hear it. */
  readonly label: string;
  /** Below this width it scrolls sideways in itself, also by the keyboard. */
  readonly minWidth: number;
}

/** A table that may be wider than the window. */
export function WideTable({ label, minWidth, ...props }: Props) {
  return (
    <Table.ScrollContainer minWidth={minWidth} type="native" tabIndex={0} role="region" aria-label={label}>
      <Table verticalSpacing={4} aria-label={label} {...props} />
    </Table.ScrollContainer>
  );
}

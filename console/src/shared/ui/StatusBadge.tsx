import { Badge } from "@mantine/core";

interface Props {
  /** The status as the service says it. */
  readonly status: string;
  /** How known ones are shown; another one is shown as it is. */
  readonly known?: Readonly<Record<string, { label: string; color: string }>>;
}

/** A status; one that this page does not know is shown as it is. */
export function StatusBadge({ status, known = {} }: Props) {
  const shown = Object.hasOwn(known, status) ? known[status] : undefined;
  return (
    <Badge variant="light" color={shown?.color ?? "gray"} tt="none" radius="sm">
      {shown?.label ?? status}
    </Badge>
  );
}

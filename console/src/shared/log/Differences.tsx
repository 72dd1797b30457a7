import { Code, Table } from "@mantine/core";
import { texts } from "../texts/texts";
import classes from "./Differences.module.css";

/** What was expected and found; both are JSON texts. */
export interface Difference {
  readonly kind: string;
  readonly expected: string;
  readonly found: string;
}

/** Differences in the service's own words: the attribute, what was expected, what was found. */
export function Differences({ differences }: { readonly differences: readonly Difference[] }) {
  const words = texts.audit.differences;
  return (
    <Table className={classes.table} verticalSpacing={4} horizontalSpacing="xs" withRowBorders={false}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.what}</Table.Th>
          <Table.Th>{words.expected}</Table.Th>
          <Table.Th>{words.found}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {differences.map(({ kind, expected, found }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: differences have no id, and never move.
          <Table.Tr key={index}>
            <Table.Td>{kind}</Table.Td>
            <Table.Td data-label={words.expected}>
              <Code className={classes.value}>{expected}</Code>
            </Table.Td>
            <Table.Td data-label={words.found}>
              <Code className={classes.value}>{found}</Code>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

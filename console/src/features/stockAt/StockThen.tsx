import { Anchor, Group, Paper, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { formatQuantity } from "../../shared/format/numbers";
import { logAddress } from "../../shared/log/addresses";
import { RecordDialog } from "../../shared/log/RecordDialog";
import { texts } from "../../shared/texts/texts";
import { RecordTable } from "../../shared/ui/records";
import { Time } from "../../shared/ui/Time";
import type { StockAt } from "./queries";
import classes from "./StockThen.module.css";

const words = texts.stockAt;

interface Props {
  readonly sku: string;
  readonly stock: StockAt;
  /** Whether another moment is on its way. */
  readonly isLoading: boolean;
}

/** The stock then, and the record that it comes from. */
export function StockThen({ sku, stock, isLoading }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { transaction, line, time } = stock;
  const figures = [
    [words.available, stock.available_stock],
    [words.reserved, stock.reserved_stock],
    [words.onHand, stock.current_stock],
  ] as const;
  return (
    <Paper withBorder p="md" aria-busy={isLoading}>
      <Text size="sm" fw={600}>
        <Time value={time} exact />
      </Text>
      <dl className={classes.figures}>
        {figures.map(([label, units]) => (
          <div key={label}>
            <Text component="dt" size="xs" c="dimmed">
              {label}
            </Text>
            <dd className={classes.figure}>{formatQuantity(units)}</dd>
          </div>
        ))}
      </dl>
      {transaction === null || line === null ? (
        <Text size="sm" c="dimmed">
          {words.before}
        </Text>
      ) : (
        <>
          <Title order={2} size="h5">
            {words.by(formatQuantity(transaction.sequence))}
          </Title>
          <RecordTable records={[transaction]} onOpen={() => setOpen(true)} />
          <Group gap="md" mt="xs">
            <Anchor component="button" type="button" size="sm" onClick={() => setOpen(true)}>
              {words.open}
            </Anchor>
            <Anchor component={Link} to={logAddress({ subject: "sku", id: sku, to: time })} size="sm">
              {words.logUntil}
            </Anchor>
          </Group>
          {isOpen && <RecordDialog line={line} onClose={() => setOpen(false)} />}
        </>
      )}
    </Paper>
  );
}

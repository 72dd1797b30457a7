import {
  Anchor,
  Badge,
  Button,
  Group,
  Paper,
  Table,
  Text,
  Title,
  UnstyledButton,
  VisuallyHidden,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "react-router";
import type { Product, Sku } from "../../shared/api/clients";
import { formatMoney, formatQuantity } from "../../shared/format/numbers";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import classes from "./Products.module.css";
import { skusQuery } from "./queries";
import { type Matrix, matrixOf } from "./variants";

interface Props {
  readonly product: Product;
  readonly onAdd: () => void;
}

/** The SKUs of a product: a matrix of their attributes where they have two or more, else a list. */
export function Skus({ product, onAdd }: Props) {
  const words = texts.products.skus;
  const answer = useQuery(skusQuery(product.product_id));
  const skus = useMemo(() => answer.data ?? [], [answer.data]);
  const matrix = useMemo(() => matrixOf(skus), [skus]);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="skus">
      <Group gap="xs" align="baseline" mb="xs">
        <Title order={2} size="h5" id="skus">
          {words.title}
        </Title>
        {skus.length > 0 && (
          <Text size="xs" c="dimmed">
            {formatQuantity(skus.length)}
            {matrix && ` · ${words.legend}`}
          </Text>
        )}
      </Group>
      {answer.isPending && <LoadingState />}
      {answer.isError && !answer.data && (
        <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
      )}
      {answer.data?.length === 0 && (
        <EmptyState
          title={words.none}
          detail={product.is_active ? words.noneHint : words.addInactive}
          action={product.is_active && <Button onClick={onAdd}>{words.add}</Button>}
        />
      )}
      {matrix && <SkuMatrix matrix={matrix} onAdd={product.is_active ? onAdd : undefined} />}
      {!matrix && skus.length > 0 && <SkuList skus={skus} />}
    </Paper>
  );
}

interface MatrixProps {
  readonly matrix: Matrix<Sku>;
  /** Add what is missing; absent where nothing can be added. */
  readonly onAdd: (() => void) | undefined;
}

function SkuMatrix({ matrix, onAdd }: MatrixProps) {
  return (
    <div className={classes.scroll}>
      <table className={classes.matrix}>
        <thead>
          <tr>
            {matrix.rowNames.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            {matrix.columns.map((value) => (
              <th key={value} scope="col">
                <Text component="span" size="xs" c="dimmed" fw={400}>
                  {matrix.columnName}{" "}
                </Text>
                {value}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.rows.map((row) => (
            <tr key={row.values.join("\n")}>
              {row.values.map((value, index) => (
                <th key={matrix.rowNames[index]} scope="row">
                  {value}
                </th>
              ))}
              {row.cells.map((sku, index) => (
                <td key={matrix.columns[index]}>
                  {sku ? (
                    <Cell sku={sku} />
                  ) : (
                    <Missing name={[...row.values, matrix.columns[index]].join(", ")} onAdd={onAdd} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Missing({ name, onAdd }: { readonly name: string; readonly onAdd: (() => void) | undefined }) {
  const words = texts.products.skus;
  const className = `${classes.cell} ${classes.missing}`;
  if (!onAdd) return <span className={className}>{words.missing}</span>;
  return (
    <UnstyledButton className={className} onClick={onAdd}>
      {words.addMissing} <VisuallyHidden component="span">{name}</VisuallyHidden>
    </UnstyledButton>
  );
}

function Cell({ sku }: { readonly sku: Sku }) {
  const words = texts.products.skus;
  const address = useVendorAddress();
  const available = formatQuantity(sku.available_stock);
  const onHand = formatQuantity(sku.current_stock);
  return (
    <Link to={address(`/skus/${sku.sku}`)} className={classes.cell}>
      <VisuallyHidden component="span">{sku.variant_name}</VisuallyHidden>
      <strong>{available}</strong>{" "}
      <Text component="span" size="xs" c="dimmed">
        {words.ofOnHand(onHand)}
      </Text>
      <Text component="span" size="xs" display="block" c="dimmed">
        {formatMoney(sku.unit_price)} <State sku={sku} />
      </Text>
    </Link>
  );
}

function State({ sku }: { readonly sku: Sku }) {
  const words = texts.products.skus;
  const shown = !(sku.is_active && sku.product_is_active)
    ? ["gray", words.inactive]
    : sku.available_stock === 0
      ? ["red", words.out]
      : sku.low_stock_flag
        ? ["orange", words.low]
        : null;
  return (
    shown && (
      <Badge component="span" size="xs" variant="light" color={shown[0]} tt="none" radius="sm">
        {shown[1]}
      </Badge>
    )
  );
}

function SkuList({ skus }: { readonly skus: readonly Sku[] }) {
  const words = texts.products.skus;
  const address = useVendorAddress();
  return (
    <div className={classes.scroll}>
      <Table verticalSpacing={6} horizontalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.variant}</Table.Th>
            <Table.Th ta="right">{words.available}</Table.Th>
            <Table.Th ta="right">{words.reserved}</Table.Th>
            <Table.Th ta="right">{words.onHand}</Table.Th>
            <Table.Th ta="right">{words.price}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {skus.map((sku) => (
            <Table.Tr key={sku.sku}>
              <Table.Td>
                <Anchor component={Link} to={address(`/skus/${sku.sku}`)} size="sm" fw={500}>
                  {sku.variant_name}
                </Anchor>{" "}
                <State sku={sku} />
                <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: "anywhere" }}>
                  {sku.sku}
                </Text>
              </Table.Td>
              <Table.Td ta="right">{formatQuantity(sku.available_stock)}</Table.Td>
              <Table.Td ta="right">{formatQuantity(sku.reserved_stock)}</Table.Td>
              <Table.Td ta="right">{formatQuantity(sku.current_stock)}</Table.Td>
              <Table.Td ta="right">{formatMoney(sku.unit_price)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

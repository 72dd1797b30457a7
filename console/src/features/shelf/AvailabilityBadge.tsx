import { Badge, Skeleton } from "@mantine/core";
import { texts } from "../../shared/texts/texts";
import type { ShelfState, ShelfStock } from "./availability";

const COLORS: Record<ShelfState, string> = {
  in_stock: "teal",
  few: "orange",
  out: "red",
  not_offered: "gray",
};

export function AvailabilityBadge({ stock }: { readonly stock: ShelfStock | undefined }) {
  if (!stock) return <Skeleton height={20} width={80} component="span" display="block" />;
  const { states, fewLeft } = texts.shelf;
  const label = stock.state === "few" ? fewLeft(stock.available) : states[stock.state];
  return (
    <Badge component="span" variant="light" color={COLORS[stock.state]} radius="sm" tt="none">
      {label}
    </Badge>
  );
}

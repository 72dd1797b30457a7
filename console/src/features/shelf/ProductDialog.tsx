import { Badge, Group, Modal, ScrollArea, Stack, Table, Text } from "@mantine/core";
import type { Product } from "../../shared/api/clients";
import { formatMoney } from "../../shared/format/numbers";
import { texts } from "../../shared/texts/texts";
import { AvailabilityBadge } from "./AvailabilityBadge";
import { type ShelfStock, type ShelfVariant, variantOf } from "./availability";
import { FramedPicture } from "./ProductCard";

interface Props {
  readonly product: Product;
  readonly stock: ShelfStock | undefined;
  readonly onClose: () => void;
}

/** A product as a customer sees it, with what can be ordered of each variant. */
export function ProductDialog({ product, stock, onClose }: Props) {
  const words = texts.shelf;
  const images = product.images ?? [];
  const [first, ...others] = images;
  const pictureName = (number: number) => words.picture(product.product_name, number, images.length);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={product.product_name}
      scrollAreaComponent={ScrollArea.Autosize}
      closeButtonProps={{ "aria-label": texts.common.close }}
    >
      <Stack gap="sm">
        {first && <FramedPicture src={first} alt={pictureName(1)} />}
        {others.length > 0 && (
          <Group gap="xs">
            {others.map((image, index) => (
              <span key={image} style={{ width: 96 }}>
                <FramedPicture src={image} alt={pictureName(index + 2)} />
              </span>
            ))}
          </Group>
        )}
        <Group justify="space-between">
          <Text fw={600} size="lg">
            {formatMoney(product.base_price)}
          </Text>
          <AvailabilityBadge stock={stock} />
        </Group>
        <Text size="sm" c="dimmed">
          {[product.brand, product.category, product.subcategory].filter(Boolean).join(" · ")}
        </Text>
        {product.description && (
          <Text size="sm" style={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>
            {product.description}
          </Text>
        )}
        {product.tags && (
          <Group gap={4}>
            {product.tags.map((tag) => (
              <Badge key={tag} variant="default" tt="none" radius="sm">
                {tag}
              </Badge>
            ))}
          </Group>
        )}
        {stock && stock.variants.length > 0 && (
          <Variants variants={stock.variants} productId={product.product_id} />
        )}
      </Stack>
    </Modal>
  );
}

function Variants({ variants, productId }: { variants: readonly ShelfVariant[]; productId: string }) {
  const words = texts.shelf;
  return (
    <Table withTableBorder>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{words.variant}</Table.Th>
          <Table.Th ta="right">{words.availability}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {variants.map((variant) => (
          <Table.Tr key={variant.sku}>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{variantOf(variant.sku, productId)}</Table.Td>
            <Table.Td ta="right">{variant.isAvailable ? words.states.in_stock : words.states.out}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

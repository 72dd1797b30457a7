import { Card, Text } from "@mantine/core";
import { useState } from "react";
import type { Product } from "../../shared/api/clients";
import { formatMoney } from "../../shared/format/numbers";
import { PictureIcon } from "../../shared/ui/icons";
import { AvailabilityBadge } from "./AvailabilityBadge";
import type { ShelfStock } from "./availability";
import classes from "./Shelf.module.css";

interface Props {
  readonly product: Product;
  /** What can be ordered of it; undefined while it is not known. */
  readonly stock: ShelfStock | undefined;
  /** Whether there is room for a picture. */
  readonly hasFrame: boolean;
  readonly onOpen: () => void;
}

export function ProductCard({ product, stock, hasFrame, onOpen }: Props) {
  const out = stock?.state === "out" || stock?.state === "not_offered";
  return (
    <Card
      component="button"
      type="button"
      withBorder
      className={classes.card}
      data-out={out || undefined}
      onClick={onOpen}
      aria-haspopup="dialog"
    >
      {hasFrame && <FramedPicture src={product.images?.[0]} alt="" />}
      <span className={classes.text}>
        <Text component="span" size="sm" fw={600} className={classes.name}>
          {product.product_name}
        </Text>
        <Text component="span" className={classes.price}>
          {formatMoney(product.base_price)}
        </Text>
        <AvailabilityBadge stock={stock} />
      </span>
    </Card>
  );
}

/** A picture as wide as its frame, or a placeholder where there is none that can be shown. */
export function FramedPicture({ src, alt }: { readonly src: string | undefined; readonly alt: string }) {
  const [broken, setBroken] = useState<string | null>(null);
  const isShown = src !== undefined && src !== broken && /^https:\/\//i.test(src);
  return (
    <span className={classes.frame}>
      {isShown ? (
        <img
          src={src}
          alt={alt}
          loading="lazy"
          decoding="async"
          referrerPolicy="no-referrer"
          onError={() => setBroken(src)}
        />
      ) : (
        <PictureIcon />
      )}
    </span>
  );
}

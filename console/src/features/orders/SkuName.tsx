import { Anchor, Text } from "@mantine/core";
import { useInViewport } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { usePrincipal } from "../../shared/session/session";
import { productNameQuery, skuQuery } from "./queries";

interface Props {
  readonly productId: string;
  readonly sku: string;
}

/** A SKU as people call it, with its id; the names are read when it comes into view. */
export function SkuName({ productId, sku }: Props) {
  const { ref, inViewport } = useInViewport<HTMLDivElement>();
  const product = useQuery({ ...productNameQuery(productId), enabled: inViewport });
  const stored = useQuery({ ...skuQuery(productId, sku), enabled: inViewport });
  const name = [product.data, stored.data?.variant_name].filter(Boolean).join(" · ");
  return (
    <div ref={ref} style={{ overflowWrap: "anywhere", minWidth: 0 }}>
      {name !== "" && <Text size="sm">{name}</Text>}
      <Text size={name === "" ? "sm" : "xs"} c={name === "" ? undefined : "dimmed"} ff="monospace">
        {sku}
      </Text>
    </div>
  );
}

interface LinkProps extends Props {
  readonly vendorId: string;
}

/** A SKU that leads to its page, or for the order desk to what reserves it. */
export function SkuLink({ productId, sku, vendorId }: LinkProps) {
  const { role } = usePrincipal();
  const page =
    role === "vendor"
      ? `/skus/${sku}`
      : role === "admin"
        ? `/skus/${sku}?vendor=${encodeURIComponent(vendorId)}`
        : role === "desk"
          ? `/orders?sku=${encodeURIComponent(sku)}`
          : null;
  const name = <SkuName productId={productId} sku={sku} />;
  return page === null ? (
    name
  ) : (
    <Anchor component={Link} to={page}>
      {name}
    </Anchor>
  );
}

import { Anchor, Group } from "@mantine/core";
import { Link } from "react-router";
import { texts } from "../texts/texts";
import { logAddress, stockAtAddress, verifyAddress } from "./addresses";

interface Props {
  readonly sku: string;
  /** The moment of interest, at which the stock is looked at. */
  readonly at?: string;
  /** The page that is open already. */
  readonly without?: "log" | "verify" | "stockAt";
}

/** What an auditor asks of a SKU: its log, whether it is whole, its stock at a moment. */
export function SkuLinks({ sku, at, without }: Props) {
  const words = texts.audit.links;
  const links = [
    ["log", logAddress({ subject: "sku", id: sku }), words.log],
    ["verify", verifyAddress(sku), words.verify],
    ["stockAt", stockAtAddress(sku, at), at ? words.stockAtThat : words.stockAt],
  ] as const;
  return (
    <Group gap="md">
      {links
        .filter(([name]) => name !== without)
        .map(([name, address, label]) => (
          <Anchor key={name} component={Link} to={address} size="sm">
            {label}
          </Anchor>
        ))}
    </Group>
  );
}

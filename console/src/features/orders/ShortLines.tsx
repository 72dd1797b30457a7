import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { texts } from "../../shared/texts/texts";
import { SkuReservations } from "./SkuReservations";
import { shortages } from "./shortages";

/** The lines for which too little is there; what reserves a SKU opens beside, so that nothing typed is lost.
 * @param lines as a problem document or an order has them.
 */
export function ShortLines({ lines }: { readonly lines: unknown }) {
  const [opened, setOpened] = useState<string | null>(null);
  return (
    <>
      {shortages(lines).map(({ sku, text, isHeld }) => (
        <div key={sku}>
          <Text size="xs" mt={4} style={{ overflowWrap: "anywhere" }}>
            {text}
          </Text>
          {isHeld && opened !== sku && (
            <Button size="compact-xs" variant="default" my={4} onClick={() => setOpened(sku)}>
              {texts.orders.held.why}
            </Button>
          )}
        </div>
      ))}
      {opened !== null && <SkuReservations sku={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

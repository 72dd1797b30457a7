import { Anchor, Button, Group, Modal, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import type { Sku } from "../../shared/api/clients";
import { isProblem } from "../../shared/api/problems";
import { formatQuantity } from "../../shared/format/numbers";
import { changeAttributes, readSku } from "../../shared/inventory/commands";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { showDone, showError } from "../../shared/ui/toasts";
import { AdjustDialog } from "./AdjustDialog";
import { RestockDialog } from "./RestockDialog";
import { useStored } from "./stored";

type Opened = "restock" | "adjust" | "deactivate" | null;

/** What its vendor does with a SKU as a whole: restock, adjust, take out of sale and back. */
export function StockActions({ sku }: { readonly sku: Sku }) {
  const words = texts.sku;
  const [opened, setOpened] = useState<Opened>(null);
  const address = useVendorAddress();
  const close = () => setOpened(null);
  const activation = useActivation(sku, close);
  return (
    <>
      <Button onClick={() => setOpened("restock")}>{words.restock.button}</Button>
      <Button variant="default" onClick={() => setOpened("adjust")}>
        {words.adjust.button}
      </Button>
      {sku.is_active ? (
        <Button variant="default" onClick={() => setOpened("deactivate")}>
          {words.deactivate.button}
        </Button>
      ) : (
        <Button variant="default" loading={activation.isPending} onClick={() => activation.mutate(true)}>
          {words.activate.button}
        </Button>
      )}
      {opened === "restock" && <RestockDialog sku={sku} onClose={close} />}
      {opened === "adjust" && <AdjustDialog sku={sku} onClose={close} />}
      <Modal
        opened={opened === "deactivate"}
        onClose={close}
        title={words.deactivate.title(sku.variant_name)}
        closeButtonProps={{ "aria-label": texts.common.close }}
        centered
      >
        <Text size="sm">{words.deactivate.detail}</Text>
        {sku.reserved_stock > 0 && (
          <Text size="sm" mt="sm">
            {words.deactivate.held(formatQuantity(sku.reserved_stock))}{" "}
            <Anchor
              component={Link}
              to={address(`/orders?sku=${encodeURIComponent(sku.sku)}`)}
              size="sm"
              underline="always"
            >
              {words.deactivate.holders}
            </Anchor>
          </Text>
        )}
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" onClick={close} data-autofocus>
            {texts.common.cancel}
          </Button>
          <Button color="red.9" loading={activation.isPending} onClick={() => activation.mutate(false)}>
            {words.deactivate.confirm}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

/** Take a SKU out of sale or back; a change of other details meanwhile is no reason not to. */
function useActivation(sku: Sku, onDone: () => void) {
  const { setSku } = useStored(sku);
  const words = texts.sku;
  const activate = async (isActive: boolean, version: number): Promise<Sku> => {
    try {
      return await changeAttributes(sku, { is_active: isActive }, version);
    } catch (error) {
      if (!isProblem(error, "precondition_failed")) throw error;
      const current = await readSku(sku);
      return changeAttributes(sku, { is_active: isActive }, current.details_version);
    }
  };
  return useMutation({
    mutationFn: (isActive: boolean) => activate(isActive, sku.details_version),
    onSuccess: (changed, isActive) => {
      setSku(changed);
      onDone();
      showDone(isActive ? words.activate.done : words.deactivate.done, async () => {
        setSku(await changeAttributes(sku, { is_active: !isActive }, changed.details_version));
      });
    },
    onError: showError,
  });
}

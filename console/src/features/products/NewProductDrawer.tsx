import { Button, Drawer, Group, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { newIdempotencyKey } from "../../shared/api/clients";
import { usePrincipal } from "../../shared/session/session";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { Refusal } from "../../shared/ui/Refusal";
import { showDone } from "../../shared/ui/toasts";
import { DetailsFields } from "./DetailsFields";
import { EMPTY, errorsOf, storedOf } from "./details";
import { createProduct, type NewProduct } from "./queries";
import { useStoredProduct } from "./stored";

interface Props {
  readonly vendorId: string;
  readonly categories: readonly string[];
  readonly onClose: () => void;
}

export function NewProductDrawer({ vendorId, categories, onClose }: Props) {
  const words = texts.products.form;
  const principal = usePrincipal();
  const address = useVendorAddress();
  const navigate = useNavigate();
  const setStored = useStoredProduct();
  const [details, setDetails] = useState(EMPTY);
  const [ownId, setOwnId] = useState("");
  const [tried, setTried] = useState(false);
  // The same key until the form is changed: a retry after a lost answer creates nothing twice.
  const key = useRef(newIdempotencyKey());
  const errors = errorsOf(details);
  const create = useMutation({
    mutationFn: (product: NewProduct) => createProduct(product, key.current),
    onSuccess: (product) => {
      setStored(product);
      showDone(words.created);
      void navigate(address(`/products/${product.product_id}`), { replace: true });
    },
  });
  const changed = () => {
    key.current = newIdempotencyKey();
    create.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(errors).length > 0) return;
    create.mutate({
      ...storedOf(details),
      external_id: ownId.trim() || null,
      ...(principal.role === "admin" ? { vendor_id: vendorId } : {}),
    });
  };
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={words.newTitle}
      closeButtonProps={{ "aria-label": texts.common.close }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <DetailsFields
            details={details}
            onChange={(next) => {
              setDetails(next);
              changed();
            }}
            errors={tried ? errors : {}}
            categories={categories}
          />
          <TextInput
            label={words.ownId}
            description={words.ownIdHint}
            value={ownId}
            onChange={(event) => {
              setOwnId(event.currentTarget.value);
              changed();
            }}
          />
          {create.isError && <Refusal error={create.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.common.cancel}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {words.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}

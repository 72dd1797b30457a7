import { Button, Drawer, Group, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Product } from "../../shared/api/clients";
import { isProblem } from "../../shared/api/problems";
import { formatMoney } from "../../shared/format/numbers";
import { texts } from "../../shared/texts/texts";
import { ConflictDialog, type ConflictRow } from "../../shared/ui/ConflictDialog";
import { Refusal } from "../../shared/ui/Refusal";
import { showDone } from "../../shared/ui/toasts";
import { DetailsFields } from "./DetailsFields";
import {
  ATTRIBUTES,
  type Attribute,
  type DetailsPatch,
  detailsOf,
  errorsOf,
  inverseOf,
  patchOf,
} from "./details";
import { getProduct, patchProduct } from "./queries";
import { useStoredProduct } from "./stored";

interface Conflict {
  readonly patch: DetailsPatch;
  readonly current: Product;
  readonly detail: string;
}

interface Props {
  readonly product: Product;
  readonly categories: readonly string[];
  readonly onClose: () => void;
}

/** Change a product against the version that the form was filled from. */
export function EditProductDrawer({ product, categories, onClose }: Props) {
  const words = texts.products.form;
  const setStored = useStoredProduct();
  const [base] = useState(product);
  const [details, setDetails] = useState(() => detailsOf(product));
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const errors = errorsOf(details);
  const patch = patchOf(base, details);
  const save = useMutation({
    mutationFn: ({ patch, before }: { patch: DetailsPatch; before: Product }) =>
      patchProduct(product.product_id, patch, before.version),
    onSuccess: (changed, { patch, before }) => {
      setStored(changed);
      showDone(words.saved, async () => {
        setStored(await patchProduct(product.product_id, inverseOf(before, patch), changed.version));
      });
      onClose();
    },
    onError: async (error, { patch }) => {
      if (isProblem(error, "precondition_failed")) {
        setConflict({ patch, current: await getProduct(product.product_id), detail: error.message });
      }
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (Object.keys(errors).length > 0) return;
    if (Object.keys(patch).length === 0) onClose();
    else save.mutate({ patch, before: base });
  };
  return (
    <>
      <Drawer
        opened={conflict === null}
        onClose={onClose}
        position="right"
        size="lg"
        title={words.editTitle}
        closeButtonProps={{ "aria-label": texts.common.close }}
      >
        <form onSubmit={submit} noValidate>
          <Stack gap="sm">
            <DetailsFields
              details={details}
              onChange={(next) => {
                setDetails(next);
                save.reset();
              }}
              errors={errors}
              categories={categories}
            />
            {save.isError && !isProblem(save.error, "precondition_failed") && <Refusal error={save.error} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {texts.common.cancel}
              </Button>
              <Button type="submit" loading={save.isPending} disabled={Object.keys(patch).length === 0}>
                {words.save}
              </Button>
            </Group>
          </Stack>
        </form>
      </Drawer>
      {conflict && (
        <ConflictDialog
          subject={product.product_id}
          detail={conflict.detail}
          rows={conflictRows(conflict)}
          onKeepTheirs={() => {
            setStored(conflict.current);
            onClose();
          }}
          onApplyYours={() => save.mutate({ patch: conflict.patch, before: conflict.current })}
        />
      )}
    </>
  );
}

function conflictRows({ patch, current }: Conflict): ConflictRow[] {
  return ATTRIBUTES.filter((name) => name in patch).map((name) => ({
    label: labelOf(name),
    yours: textOf(patch[name]),
    theirs: textOf(current[name]),
  }));
}

function labelOf(name: Attribute): string {
  const words = texts.products.form;
  return {
    product_name: words.name,
    category: words.category,
    subcategory: words.subcategory,
    brand: words.brand,
    base_price: words.price,
    description: words.description,
    tags: words.tags,
    images: words.pictures,
  }[name];
}

function textOf(value: string | number | readonly string[] | null | undefined): string {
  if (value === null || value === undefined) return texts.common.none;
  if (typeof value === "number") return formatMoney(value);
  return typeof value === "string" ? value : value.join(", ");
}

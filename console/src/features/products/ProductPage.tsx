import { Anchor, Badge, Button, Group, List, Modal, Paper, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import type { Product } from "../../shared/api/clients";
import { isProblem } from "../../shared/api/problems";
import { formatMoney } from "../../shared/format/numbers";
import { usePrincipal } from "../../shared/session/session";
import { useVendorAddress, useVendorOf } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import columns from "../../shared/ui/Columns.module.css";
import { PlusIcon } from "../../shared/ui/icons";
import { PageFrame } from "../../shared/ui/PageFrame";
import { Picture } from "../../shared/ui/Picture";
import { EmptyState, ErrorState, LoadingState } from "../../shared/ui/states";
import { Time } from "../../shared/ui/Time";
import { showDone, showError } from "../../shared/ui/toasts";
import { EditProductDrawer } from "./EditProductDrawer";
import { categoriesOf } from "./filter";
import classes from "./Products.module.css";
import { ActiveBadge } from "./ProductsPage";
import { getProduct, patchProduct, productQuery, productsQuery, skusQuery } from "./queries";
import { Skus } from "./Skus";
import { useStoredProduct } from "./stored";
import { VariantsDrawer } from "./VariantsDrawer";

const PICTURE_PIXELS = 96;
const HELD_SHOWN = 10;

/** One product with its SKUs. */
export function ProductPage() {
  const { product_id = "" } = useParams();
  const principal = usePrincipal();
  const answer = useQuery(productQuery(product_id));
  const product = answer.data;
  useVendorOf(product);
  // Anybody may read active products of others on the shelf; these pages show the vendor's own alone.
  const isForeign =
    product !== undefined && principal.role === "vendor" && product.vendor_id !== principal.vendorId;
  if (isForeign || isProblem(answer.error, "product_not_found", "invalid_input")) {
    return <NotFound productId={product_id} />;
  }
  if (product === undefined) {
    return (
      <PageFrame title={product_id}>
        {answer.isError ? (
          <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
        ) : (
          <LoadingState />
        )}
      </PageFrame>
    );
  }
  return <Page product={product} />;
}

function NotFound({ productId }: { readonly productId: string }) {
  const words = texts.products.notFound;
  const address = useVendorAddress();
  return (
    <PageFrame title={productId}>
      <EmptyState
        title={words.title}
        detail={words.detail}
        action={
          <Button component={Link} to={address("/products")} variant="default">
            {words.back}
          </Button>
        }
      />
    </PageFrame>
  );
}

function Page({ product }: { readonly product: Product }) {
  const words = texts.products;
  const client = useQueryClient();
  const [parameters, setParameters] = useSearchParams();
  const opened = parameters.get("open");
  const open = (what: "edit" | "variants" | null) =>
    setParameters((current) => {
      const changed = new URLSearchParams(current);
      if (what === null) changed.delete("open");
      else changed.set("open", what);
      return changed;
    });
  const pages = client.getQueryData(productsQuery(product.vendor_id).queryKey)?.pages ?? [];
  const categories = categoriesOf(pages.flatMap((page) => page.items));
  const addVariants = (
    <Button
      leftSection={<PlusIcon />}
      onClick={() => open("variants")}
      disabled={!product.is_active}
      title={product.is_active ? undefined : words.skus.addInactive}
    >
      {words.skus.add}
    </Button>
  );
  return (
    <PageFrame
      title={product.product_name}
      lead={
        <Group gap="xs">
          <Text span size="sm" ff="monospace">
            {product.product_id}
          </Text>
          {product.external_id && (
            <Text span size="sm">
              {words.columns.ownId} {product.external_id}
            </Text>
          )}
          <ActiveBadge isActive={product.is_active} />
        </Group>
      }
      actions={
        <>
          {addVariants}
          <Button variant="default" onClick={() => open("edit")}>
            {words.edit}
          </Button>
          <Activation product={product} />
        </>
      }
    >
      <div className={columns.columns}>
        <div className={columns.main}>
          <Skus product={product} onAdd={() => open("variants")} />
        </div>
        <Stack gap="md" className={columns.side}>
          <DetailsCard product={product} />
        </Stack>
      </div>
      {opened === "edit" && (
        <EditProductDrawer product={product} categories={categories} onClose={() => open(null)} />
      )}
      {opened === "variants" && product.is_active && (
        <VariantsDrawer product={product} onClose={() => open(null)} />
      )}
    </PageFrame>
  );
}

/** Take a product out of sale or back; a change of its details meanwhile is no reason not to. */
function Activation({ product }: { readonly product: Product }) {
  const words = texts.products;
  const setStored = useStoredProduct();
  const [isAsking, setAsking] = useState(false);
  const activate = async (isActive: boolean): Promise<Product> => {
    try {
      return await patchProduct(product.product_id, { is_active: isActive }, product.version);
    } catch (error) {
      if (!isProblem(error, "precondition_failed")) throw error;
      const current = await getProduct(product.product_id);
      return patchProduct(product.product_id, { is_active: isActive }, current.version);
    }
  };
  const command = useMutation({
    mutationFn: activate,
    onSuccess: (changed, isActive) => {
      setStored(changed);
      setAsking(false);
      showDone(isActive ? words.activated : words.deactivated, async () => {
        setStored(await patchProduct(product.product_id, { is_active: !isActive }, changed.version));
      });
    },
    onError: showError,
  });
  if (!product.is_active) {
    return (
      <Button variant="default" loading={command.isPending} onClick={() => command.mutate(true)}>
        {words.activate}
      </Button>
    );
  }
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {words.deactivate}
      </Button>
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={words.deactivateTitle(product.product_name)}
        closeButtonProps={{ "aria-label": texts.common.close }}
        centered
      >
        <Text size="sm">{words.deactivateDetail}</Text>
        {isAsking && <HeldUnits productId={product.product_id} />}
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {texts.common.cancel}
          </Button>
          <Button color="red.9" loading={command.isPending} onClick={() => command.mutate(false)}>
            {words.deactivate}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

/** What open orders hold of a product that is taken out of sale: a recall has to cancel these. */
function HeldUnits({ productId }: { readonly productId: string }) {
  const words = texts.products.held;
  const address = useVendorAddress();
  const { data: skus = [] } = useQuery(skusQuery(productId));
  const held = skus.filter((sku) => sku.reserved_stock > 0);
  if (held.length === 0) return null;
  const units = held.reduce((sum, sku) => sum + sku.reserved_stock, 0);
  return (
    <>
      <Text size="sm" mt="sm">
        {words.units(units)}
      </Text>
      <List size="sm" mt={4}>
        {held.slice(0, HELD_SHOWN).map(({ sku, variant_name, reserved_stock }) => (
          <List.Item key={sku}>
            <Anchor component={Link} to={address(`/orders?sku=${encodeURIComponent(sku)}`)} size="sm">
              {words.of(variant_name, reserved_stock)}
            </Anchor>
          </List.Item>
        ))}
      </List>
      {held.length > HELD_SHOWN && (
        <Text size="sm" c="dimmed">
          {words.more(held.length - HELD_SHOWN)}
        </Text>
      )}
    </>
  );
}

function DetailsCard({ product }: { readonly product: Product }) {
  const words = texts.products;
  const facts = [
    [words.form.category, product.category],
    [words.form.subcategory, product.subcategory],
    [words.form.brand, product.brand],
    [words.form.price, formatMoney(product.base_price)],
  ] as const;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="details">
      <Stack gap="sm">
        <Title order={2} size="h5" id="details">
          {words.details}
        </Title>
        <div className={classes.pictures}>
          {(product.images ?? []).map((image, index) => (
            <a key={image} href={image} target="_blank" rel="noreferrer noopener">
              <Picture src={image} size={PICTURE_PIXELS} alt={words.openPicture(index + 1)} />
            </a>
          ))}
          {product.images === null && <Picture src={null} size={PICTURE_PIXELS} />}
        </div>
        {product.description && (
          <Text size="sm" style={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>
            {product.description}
          </Text>
        )}
        <dl className={classes.facts}>
          {facts.map(([label, value]) => (
            <Fact key={label} label={label}>
              {value ?? words.none}
            </Fact>
          ))}
          <Fact label={words.created}>
            <Time value={product.created_at} />
          </Fact>
          <Fact label={words.updated}>
            <Time value={product.updated_at} />
          </Fact>
        </dl>
        {product.tags && (
          <Group gap={4}>
            {product.tags.map((tag) => (
              <Badge key={tag} variant="default" tt="none" radius="sm">
                {tag}
              </Badge>
            ))}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

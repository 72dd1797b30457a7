import {
  ActionIcon,
  Alert,
  Button,
  Checkbox,
  Drawer,
  Group,
  Progress,
  Stack,
  Table,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useRef, useState } from "react";
import { newIdempotencyKey, type Product, type Sku } from "../../shared/api/clients";
import { inParallel } from "../../shared/api/parallel";
import { readable } from "../../shared/api/problems";
import { parseMoney, parseQuantity } from "../../shared/format/numbers";
import { texts } from "../../shared/texts/texts";
import { CloseIcon } from "../../shared/ui/icons";
import { LoadingState } from "../../shared/ui/states";
import { showDone } from "../../shared/ui/toasts";
import { type Draft, type DraftError, draftErrors, draftOf, type Typed } from "./draft";
import classes from "./Products.module.css";
import { createSku, skusQuery } from "./queries";
import {
  ATTRIBUTES_MAX,
  attributesKey,
  axesOf,
  codeOf,
  countOf,
  freeCode,
  PLANNED_MAX,
  plannedOf,
} from "./variants";

const AT_ONCE = 4;

interface Props {
  readonly product: Product;
  readonly onClose: () => void;
}

export function VariantsDrawer({ product, onClose }: Props) {
  const skus = useQuery(skusQuery(product.product_id));
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={texts.products.variants.title}
      closeButtonProps={{ "aria-label": texts.common.close }}
    >
      {skus.data ? <VariantsForm product={product} skus={skus.data} onClose={onClose} /> : <LoadingState />}
    </Drawer>
  );
}

interface AxisRow {
  readonly id: number;
  readonly name: string;
  readonly values: readonly string[];
}

interface FormProps extends Props {
  readonly skus: readonly Sku[];
}

/** Plan SKUs from attributes and their values, change what is planned, and create them, four at a time. */
function VariantsForm({ product, skus, onClose }: FormProps) {
  const words = texts.products.variants;
  const client = useQueryClient();
  const [axes, setAxes] = useState<readonly AxisRow[]>(() => firstAxes(skus));
  const [forAll, setForAll] = useState({
    price: (skus[0]?.unit_price ?? product.base_price).toFixed(2),
    threshold: String(skus[0]?.reorder_threshold ?? 0),
  });
  const [typed, setTyped] = useState<ReadonlyMap<string, Typed>>(new Map());
  const [failures, setFailures] = useState<ReadonlyMap<string, string>>(new Map());
  const [progress, setProgress] = useState<{ done: number; all: number } | null>(null);
  const [tried, setTried] = useState(false);
  /** The key of each variant's creation, kept for retries of the same content. */
  const keys = useRef(new Map<string, string>());
  const planned = useMemo(() => plannedOf(axes, product.product_id, skus), [axes, product.product_id, skus]);
  const taken = useMemo(
    () => new Set(skus.map(({ sku }) => sku.slice(`SKU-${product.product_id}-`.length))),
    [skus, product.product_id],
  );
  const isSingle = countOf(axes) === 0;
  const missing = isSingle
    ? [{ attributes: null, name: words.defaultName, code: freeCode(codeOf([words.defaultName]), taken) }]
    : planned.filter(({ existing }) => existing === null);
  const rows = missing.map((variant) => {
    const id = attributesKey(variant.attributes);
    return { id, draft: draftOf(variant, typed.get(id) ?? {}, forAll) };
  });
  const errors = draftErrors(
    rows.map(({ draft }) => draft),
    taken,
  );
  const chosen = rows.filter(({ draft }) => !draft.isLeftOut);
  const tooMany = countOf(axes) > PLANNED_MAX;
  const canCreate = chosen.length > 0 && !tooMany && progress === null;
  const type = (id: string, members: Typed) => {
    setTyped(new Map(typed).set(id, { ...typed.get(id), ...members }));
    setFailures(new Map([...failures].filter(([failed]) => failed !== id)));
  };
  const create = async () => {
    const failed = new Map<string, string>();
    const created: Sku[] = [];
    setFailures(failed);
    setProgress({ done: 0, all: chosen.length });
    await inParallel(chosen, AT_ONCE, async ({ id, draft }) => {
      const sku = skuOf(product.product_id, draft);
      const content = JSON.stringify(sku);
      const key = keys.current.get(content) ?? newIdempotencyKey();
      keys.current.set(content, key);
      try {
        created.push(await createSku(product.product_id, sku, key));
      } catch (error) {
        const { title, detail } = readable(error);
        failed.set(id, detail || title);
      }
      setProgress({ done: created.length, all: chosen.length });
    });
    client.setQueryData(skusQuery(product.product_id).queryKey, (known) => withSkus(known ?? [], created));
    // What others created meanwhile, which may be why one was refused.
    if (failed.size > 0) void client.invalidateQueries({ queryKey: skusQuery(product.product_id).queryKey });
    setProgress(null);
    setFailures(failed);
    if (created.length > 0) showDone(words.created(created.length));
    if (failed.size === 0) onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (canCreate && errors.every((each) => each.length === 0)) void create();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Text size="sm">{words.intro}</Text>
        <AxesFields axes={axes} onChange={setAxes} />
        <Group gap="sm" align="flex-end" grow maw={400}>
          <TextInput
            label={words.price}
            description={words.forAll}
            inputMode="decimal"
            value={forAll.price}
            onChange={(event) => setForAll({ ...forAll, price: event.currentTarget.value })}
          />
          <TextInput
            label={words.threshold}
            description={words.forAll}
            inputMode="numeric"
            value={forAll.threshold}
            onChange={(event) => setForAll({ ...forAll, threshold: event.currentTarget.value })}
          />
        </Group>
        <Text size="sm" c="dimmed" role="status">
          {tooMany
            ? words.tooMany(PLANNED_MAX)
            : isSingle
              ? words.single
              : words.planned(missing.length, planned.length - missing.length)}
        </Text>
        {!tooMany && rows.length > 0 && (
          <div className={classes.scroll}>
            <Table verticalSpacing={4} horizontalSpacing={6} miw={600} className={classes.planned}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.columns.create}</Table.Th>
                  <Table.Th>{words.columns.name}</Table.Th>
                  <Table.Th>{words.columns.code}</Table.Th>
                  <Table.Th w={100}>{words.columns.price}</Table.Th>
                  <Table.Th w={90}>{words.columns.threshold}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map(({ id, draft }, index) => (
                  <DraftRow
                    key={id}
                    label={missing[index]?.name ?? ""}
                    draft={draft}
                    errors={tried ? (errors[index] ?? []) : []}
                    failure={failures.get(id)}
                    onType={(members) => type(id, members)}
                  />
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )}
        {failures.size > 0 && (
          <Alert color="red" role="alert">
            {words.failed(failures.size)}
          </Alert>
        )}
        {progress && (
          <div role="status">
            <Text size="sm">{words.progress(progress.done, progress.all)}</Text>
            <Progress
              value={(100 * progress.done) / progress.all}
              aria-label={words.progress(progress.done, progress.all)}
            />
          </div>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {texts.common.cancel}
          </Button>
          <Button type="submit" disabled={!canCreate} loading={progress !== null}>
            {words.create(chosen.length)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The attributes that the product's SKUs have, or one to begin with. */
function firstAxes(skus: readonly Sku[]): AxisRow[] {
  const known = axesOf(skus).map((axis, id) => ({ id, ...axis }));
  return known.length > 0 ? known : [{ id: 0, name: "", values: [] }];
}

function skuOf(productId: string, draft: Draft) {
  return {
    sku: `SKU-${productId}-${draft.code.trim()}`,
    variant_name: draft.name.trim(),
    variant_attributes: draft.attributes,
    unit_price: parseMoney(draft.price) ?? 0,
    reorder_threshold: parseQuantity(draft.threshold) ?? 0,
  };
}

function withSkus(known: readonly Sku[], created: readonly Sku[]): Sku[] {
  const bySku = new Map([...known, ...created].map((sku) => [sku.sku, sku]));
  return [...bySku.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

interface AxesProps {
  readonly axes: readonly AxisRow[];
  readonly onChange: (axes: readonly AxisRow[]) => void;
}

function AxesFields({ axes, onChange }: AxesProps) {
  const words = texts.products.variants;
  const nextId = useRef(1000);
  const set = (id: number, members: Partial<AxisRow>) =>
    onChange(axes.map((axis) => (axis.id === id ? { ...axis, ...members } : axis)));
  return (
    <Stack gap="xs">
      {axes.map((axis, index) => (
        <div key={axis.id} className={classes.axis}>
          <TextInput
            aria-label={words.attributeName(index + 1)}
            placeholder={index === 0 ? "color" : "size"}
            value={axis.name}
            data-autofocus={index === 0 || undefined}
            onChange={(event) => set(axis.id, { name: event.currentTarget.value })}
            onBlur={() => set(axis.id, { name: axis.name.trim() })}
          />
          <TagsInput
            aria-label={words.attributeValues(index + 1)}
            placeholder={words.valuesHint}
            value={[...axis.values]}
            onChange={(values) =>
              set(axis.id, { values: values.map((value) => value.trim()).filter(Boolean) })
            }
            acceptValueOnBlur
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            mt={4}
            aria-label={words.removeAttribute(axis.name)}
            onClick={() => onChange(axes.filter((other) => other.id !== axis.id))}
          >
            <CloseIcon />
          </ActionIcon>
        </div>
      ))}
      {axes.length < ATTRIBUTES_MAX && (
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ alignSelf: "flex-start" }}
          onClick={() => {
            nextId.current += 1;
            onChange([...axes, { id: nextId.current, name: "", values: [] }]);
          }}
        >
          {words.addAttribute}
        </Button>
      )}
    </Stack>
  );
}

interface DraftRowProps {
  readonly label: string;
  readonly draft: Draft;
  readonly errors: readonly DraftError[];
  readonly failure: string | undefined;
  readonly onType: (members: Typed) => void;
}

function DraftRow({ label, draft, errors, failure, onType }: DraftRowProps) {
  const words = texts.products.variants;
  const errorOf = (name: DraftError) => errors.includes(name) && words.invalid[name];
  const field = (name: DraftError, ariaLabel: string) => (
    <TextInput
      size="xs"
      aria-label={ariaLabel}
      value={draft[name]}
      disabled={draft.isLeftOut}
      onChange={(event) => onType({ [name]: event.currentTarget.value })}
      error={errorOf(name)}
    />
  );
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox
          aria-label={words.createThis(label)}
          checked={!draft.isLeftOut}
          onChange={(event) => onType({ isLeftOut: !event.currentTarget.checked })}
        />
      </Table.Td>
      <Table.Td>
        {field("name", words.nameOf(label))}
        {failure && (
          <Text size="xs" c="var(--mantine-color-error)">
            {failure}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{field("code", words.codeOf(label))}</Table.Td>
      <Table.Td>{field("price", words.priceOf(label))}</Table.Td>
      <Table.Td>{field("threshold", words.thresholdOf(label))}</Table.Td>
    </Table.Tr>
  );
}

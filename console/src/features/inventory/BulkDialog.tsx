import {
  Button,
  Code,
  Group,
  Modal,
  Progress,
  SegmentedControl,
  Stack,
  Table,
  Text,
  TextInput,
} from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { newIdempotencyKey, type Sku, type TransactionRecord } from "../../shared/api/clients";
import { changeAttributes, changeStocks, readSku } from "../../shared/inventory/commands";
import type { InventoryRow } from "../../shared/inventory/rows";
import {
  type Failure,
  type Outcome,
  runStockTasks,
  type StockTask,
  stockUndo,
} from "../../shared/inventory/stockTasks";
import type { InventoryStore } from "../../shared/inventory/store";
import { texts } from "../../shared/texts/texts";
import { showDone } from "../../shared/ui/toasts";
import type { BulkKind } from "./BulkBar";
import { type AttributeTask, attributeUndo, runAttributeTasks } from "./bulk";
import { type BulkInput, type BulkPlan, type BulkProblem, bulkPlan } from "./bulkInput";

const words = texts.inventory.bulk;

type Plan = Exclude<BulkPlan, { kind: "problem" }>;
type Task = StockTask<InventoryRow> | AttributeTask;

/** What was executed so far, over all tries. */
interface ExecutedTasks {
  readonly stock: readonly { task: StockTask<InventoryRow>; result: TransactionRecord }[];
  readonly attributes: readonly { task: AttributeTask; result: Sku }[];
}

type Phase =
  | { readonly name: "input" }
  | { readonly name: "running"; readonly undoing: boolean; readonly finished: number; readonly total: number }
  | {
      readonly name: "result";
      readonly undoing: boolean;
      readonly done: number;
      readonly total: number;
      readonly left: number;
      readonly failed: readonly Failure<Task>[];
    };

interface Props {
  readonly kind: BulkKind;
  readonly rows: readonly InventoryRow[];
  readonly store: InventoryStore;
  readonly onClose: () => void;
}

/** One change for many SKUs, with its progress and what could not be changed. */
export function BulkDialog({ kind, rows, store, onClose }: Props) {
  const [input, setInput] = useState<BulkInput>({ value: "", notes: "", priceMode: "set" });
  const [problem, setProblem] = useState<BulkProblem | null>(null);
  const [phase, setPhase] = useState<Phase>({ name: "input" });
  const executed = useRef<ExecutedTasks>({ stock: [], attributes: [] });
  const stop = useRef(new AbortController());

  const run = async (plan: Plan, undoing: boolean) => {
    stop.current = new AbortController();
    const total = plan.tasks.length;
    const onProgress = (finished: number) => setPhase({ name: "running", undoing, finished, total });
    onProgress(0);
    const outcome = await execute(plan, store, onProgress, stop.current.signal);
    const before = executed.current;
    executed.current = undoing
      ? { stock: [], attributes: [] }
      : {
          stock: [...before.stock, ...outcome.stock.done],
          attributes: [...before.attributes, ...outcome.attributes.done],
        };
    const done = outcome.stock.done.length + outcome.attributes.done.length;
    const failed: Failure<Task>[] = [...outcome.stock.failed, ...outcome.attributes.failed];
    const left = total - done - failed.length;
    if (failed.length === 0 && left === 0) {
      onClose();
      const kept = executed.current;
      if (undoing) {
        showDone(texts.common.undone);
      } else {
        showDone(words.result(done, done), () => undoAll(kept, store));
      }
      return;
    }
    setPhase({ name: "result", undoing, done, total, left, failed });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const plan = bulkPlan(kind, rows, input, newIdempotencyKey);
    if (plan.kind === "problem") {
      setProblem(plan.problem);
    } else {
      setProblem(null);
      void run(plan, false);
    }
  };

  const retry = async (failed: readonly Failure<Task>[], undoing: boolean) => {
    const tasks = failed.map(({ task }) => task);
    const stockTasks = tasks.filter((task): task is StockTask<InventoryRow> => "key" in task);
    if (stockTasks.length > 0) {
      await run({ kind: "stock", tasks: stockTasks }, undoing);
      return;
    }
    // What was refused because of another version is now applied to the stored one, which the list shows.
    const attributeTasks = tasks.filter((task): task is AttributeTask => "detailsVersion" in task);
    await run(
      {
        kind: "attributes",
        tasks: attributeTasks.map((task) => ({
          ...task,
          detailsVersion: store.row(task.row.sku)?.details_version ?? task.detailsVersion,
        })),
      },
      undoing,
    );
  };

  const undo = () => {
    const { stock, attributes } = executed.current;
    void run(undoPlan({ stock, attributes }), true);
  };

  const running = phase.name === "running";
  return (
    <Modal
      opened
      onClose={running ? () => stop.current.abort() : onClose}
      closeOnClickOutside={false}
      withCloseButton={!running}
      closeButtonProps={{ "aria-label": texts.common.close }}
      title={words.titles[kind](rows.length)}
      size={phase.name === "result" ? "lg" : "md"}
    >
      {phase.name === "input" && (
        <form onSubmit={submit} noValidate>
          <Stack gap="sm">
            <BulkFields kind={kind} input={input} problem={problem} onChange={setInput} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                {texts.common.cancel}
              </Button>
              <Button type="submit">{words.apply}</Button>
            </Group>
          </Stack>
        </form>
      )}
      {running && (
        <Stack gap="sm">
          <Text size="sm" role="status">
            {phase.undoing ? `${words.undoing}: ` : ""}
            {words.progress(phase.finished, phase.total)}
          </Text>
          <Progress
            value={(100 * phase.finished) / Math.max(1, phase.total)}
            aria-label={words.titles[kind](phase.total)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => stop.current.abort()}>
              {words.stop}
            </Button>
          </Group>
        </Stack>
      )}
      {phase.name === "result" && (
        <Stack gap="sm">
          <Text size="sm" role="status">
            {phase.undoing ? words.undone(phase.done, phase.total) : words.result(phase.done, phase.total)}
            {phase.left > 0 && ` ${words.stopped(phase.left)}`}
          </Text>
          {phase.failed.length > 0 && <Failures failed={phase.failed} />}
          <Group justify="flex-end" gap="xs">
            {!phase.undoing && phase.done > 0 && (
              <Button variant="default" onClick={undo}>
                {words.undo}
              </Button>
            )}
            {phase.failed.length > 0 && (
              <Button variant="default" onClick={() => void retry(phase.failed, phase.undoing)}>
                {words.retry}
              </Button>
            )}
            <Button onClick={onClose}>{texts.common.close}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

interface FieldsProps {
  readonly kind: BulkKind;
  readonly input: BulkInput;
  readonly problem: BulkProblem | null;
  readonly onChange: (input: BulkInput) => void;
}

function BulkFields({ kind, input, problem, onChange }: FieldsProps) {
  const { stock, price, threshold } = texts.inventory;
  if (kind === "activate" || kind === "deactivate") {
    return <Text size="sm">{words.questions[kind]}</Text>;
  }
  const setValue = (value: string) => onChange({ ...input, value });
  if (kind === "restock" || kind === "adjustment") {
    return (
      <>
        <TextInput
          label={words.each[kind]}
          placeholder={stock.hint[kind]}
          value={input.value}
          onChange={(event) => setValue(event.currentTarget.value)}
          error={problem === "quantity" ? stock.problems.quantity[kind] : undefined}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label={kind === "restock" ? stock.note : stock.reason}
          value={input.notes}
          onChange={(event) => onChange({ ...input, notes: event.currentTarget.value })}
          error={problem === "notes" || problem === "notesTooLong" ? stock.problems[problem] : undefined}
        />
      </>
    );
  }
  const percent = kind === "price" && input.priceMode === "percent";
  const problems: Partial<Record<BulkProblem, string>> = {
    price: price.problem,
    percent: words.percentProblem,
    threshold: threshold.problem,
  };
  return (
    <>
      {kind === "price" && (
        <SegmentedControl
          aria-label={words.priceMode.label}
          data={[
            { value: "set", label: words.priceMode.set },
            { value: "percent", label: words.priceMode.percent },
          ]}
          value={input.priceMode}
          onChange={(priceMode) => onChange({ ...input, priceMode: priceMode as "set" | "percent" })}
        />
      )}
      <TextInput
        label={percent ? words.percent : kind === "price" ? price.label : threshold.label}
        inputMode={percent ? "text" : "decimal"}
        value={input.value}
        onChange={(event) => setValue(event.currentTarget.value)}
        error={problem === null ? undefined : problems[problem]}
        autoComplete="off"
        data-autofocus
      />
    </>
  );
}

const FAILURES_SHOWN_MAX = 100;

function Failures({ failed }: { failed: readonly Failure<Task>[] }) {
  return (
    <div
      style={{ maxHeight: "45vh", overflow: "auto" }}
      tabIndex={0}
      role="region"
      aria-label={words.failures(failed.length)}
    >
      <Table>
        <Table.Caption>{words.failures(failed.length)}</Table.Caption>
        <Table.Tbody>
          {failed.slice(0, FAILURES_SHOWN_MAX).map(({ task, error }) => (
            <Table.Tr key={task.row.sku}>
              <Table.Th style={{ overflowWrap: "anywhere", fontWeight: 500 }}>
                {task.row.product_name} {task.row.variant_name}
                <Text size="xs" c="dimmed">
                  {task.row.sku}
                </Text>
              </Table.Th>
              <Table.Td>
                {error.detail || error.title} {error.code !== null && <Code>{error.code}</Code>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface Executed {
  readonly stock: Outcome<StockTask<InventoryRow>, TransactionRecord>;
  readonly attributes: Outcome<AttributeTask, Sku>;
}

const NOTHING = { done: [], failed: [] };

async function execute(
  plan: Plan,
  store: InventoryStore,
  onProgress: (finished: number) => void,
  signal: AbortSignal,
): Promise<Executed> {
  if (plan.kind === "stock") {
    const stock = await runStockTasks(plan.tasks, changeStocks, onProgress, signal);
    await store.refresh(); // The results of a batch have the records, but not the SKUs.
    return { stock, attributes: NOTHING };
  }
  const attributes = await runAttributeTasks(
    plan.tasks,
    async ({ row, change, detailsVersion }) => {
      const sku = await changeAttributes(row, change, detailsVersion);
      store.acceptSku(sku);
      return sku;
    },
    onProgress,
    signal,
  );
  await Promise.all(
    attributes.failed
      .filter(({ error }) => error.code === "precondition_failed")
      .map(async ({ task }) => store.acceptSku(await readSku(task.row))),
  );
  return { stock: NOTHING, attributes };
}

function undoPlan({ stock, attributes }: ExecutedTasks): Plan {
  return stock.length > 0
    ? {
        kind: "stock",
        tasks: stockUndo(
          stock,
          (record) => texts.inventory.undoNotes(record.transaction_id),
          newIdempotencyKey,
        ),
      }
    : { kind: "attributes", tasks: attributeUndo(attributes) };
}

/** Take back everything; throws what says how much could not be. */
async function undoAll(executed: ExecutedTasks, store: InventoryStore): Promise<void> {
  const plan = undoPlan(executed);
  const { stock, attributes } = await execute(plan, store, () => {}, new AbortController().signal);
  const failed: Failure<Task>[] = [...stock.failed, ...attributes.failed];
  if (failed.length > 0) {
    const done = plan.tasks.length - failed.length;
    const reasons = failed
      .slice(0, 5)
      .map(({ task, error }) => `${task.row.sku}: ${error.detail || error.title}`);
    throw new Error([words.undone(done, plan.tasks.length), ...reasons].join(" "));
  }
}

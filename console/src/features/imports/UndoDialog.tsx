import { Button, Group, List, Modal, SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { texts } from "../../shared/texts/texts";
import { type JournalWithResults, type KeptImports, undoable, undoSummary } from "./journal";

const words = texts.imports.undo;

interface Props {
  readonly kept: KeptImports;
  /** @param isAll whether all imports of the file are undone, or the last one alone. */
  readonly onUndo: (isAll: boolean) => void;
  readonly onClose: () => void;
}

/** What an undo will do, in numbers, before it does. */
export function UndoDialog({ kept, onUndo, onClose }: Props) {
  const last = kept.at(-1) as JournalWithResults;
  const isOneOfSeveral = kept.filter((each) => undoable(each).length > 0).length > 1;
  const canUndoLast = undoable(last).length > 0;
  const [isAll, setIsAll] = useState(!canUndoLast);
  const summary = undoSummary(isAll ? kept : [last]);
  const { productsOff, productsBack, skusOff, skusBack, stockSkus, fewer, more } = summary;
  const { file, kind } = last.journal;
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.title(file)}
      closeButtonProps={{ "aria-label": texts.common.close }}
      centered
    >
      <Stack gap="sm">
        {isOneOfSeveral && canUndoLast && (
          <SegmentedControl
            aria-label={words.what}
            value={isAll ? "all" : "only"}
            onChange={(value) => setIsAll(value === "all")}
            data={[
              { value: "only", label: words.only(texts.imports.file.kinds[kind]) },
              { value: "all", label: words.all },
            ]}
          />
        )}
        <List size="sm" aria-live="polite">
          {stockSkus > 0 && <List.Item>{words.stock(stockSkus, fewer, more)}</List.Item>}
          {skusOff > 0 && <List.Item>{words.skusOff(skusOff)}</List.Item>}
          {skusBack > 0 && <List.Item>{words.skusBack(skusBack)}</List.Item>}
          {productsOff > 0 && <List.Item>{words.productsOff(productsOff)}</List.Item>}
          {productsBack > 0 && <List.Item>{words.productsBack(productsBack)}</List.Item>}
        </List>
        <Text size="sm" c="dimmed">
          {words.kept}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {texts.common.cancel}
          </Button>
          <Button color="red.9" onClick={() => onUndo(isAll)}>
            {words.confirm(summary.changes)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

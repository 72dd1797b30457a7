import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { formatTime } from "../../shared/format/times";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import classes from "./Imports.module.css";
import { type JournalWithResults, type KeptImports, undoable, unfinished } from "./journal";
import type { Kind } from "./protocol";
import { RejectsButton } from "./RejectsButton";
import { plainName, shownReason } from "./shown";
import { UndoDialog } from "./UndoDialog";
import type { Import, Remaining } from "./useImport";

const words = texts.imports.result;
const REASONS_SHOWN = 20;
const NEXT: Partial<Record<Kind, Kind>> = { products: "skus", skus: "stock" };

interface Props {
  readonly kept: KeptImports;
  readonly remaining: readonly Remaining[];
  /** Whether the file is still open, so that its next kind can be imported. */
  readonly canGoOnWithFile: boolean;
  readonly state: Import;
}

/** What an import did, what is left of it, and the way back. */
export function ImportResult({ kept, remaining, canGoOnWithFile, state }: Props) {
  const [asksUndo, setAsksUndo] = useState(false);
  const address = useVendorAddress();
  const current = kept.at(-1) as JournalWithResults;
  const { journal, results } = current;
  const done = results.filter((each) => each.state === "done");
  const refused = results.filter((each) => each.state === "refused");
  const undone = kept.reduce((sum, each) => sum + each.undone.length, 0);
  const left = undone > 0 ? 0 : unfinished(current).length;
  const nameOf = (number: number) =>
    plainName(journal.units.find((unit) => unit.number === number)?.name ?? "");
  const canUndo = kept.some((each) => undoable(each).length > 0);
  const next = canGoOnWithFile && left === 0 && undone === 0 ? NEXT[journal.kind] : undefined;
  const { kinds } = texts.imports.file;
  return (
    <Stack>
      <div>
        <Title order={2} size="h5">
          {words.title(journal.file)}
        </Title>
        <Text size="sm" c="dimmed">
          {kinds[journal.kind]} · {formatTime(journal.begunAt)}
        </Text>
      </div>
      <div role="status">
        <Text>{words.done(done.length)}</Text>
        {refused.length > 0 && <Text>{words.refused(refused.length)}</Text>}
        {left > 0 && <Text>{words.left(left)}</Text>}
        {undone > 0 && <Text>{words.undone(undone)}</Text>}
      </div>
      {kept.length > 1 && (
        <div>
          {kept.slice(0, -1).map((earlier) => (
            <Text key={earlier.journal.begunAt} size="sm" c="dimmed">
              {words.earlier(kinds[earlier.journal.kind], appliedOf(earlier))}
            </Text>
          ))}
        </div>
      )}
      {left > 0 && <Alert color="orange">{words.stopped}</Alert>}
      {refused.length > 0 && (
        <div>
          {refused.slice(0, REASONS_SHOWN).map(({ number, reason }) => (
            <Text key={number} size="sm" className={classes.shown}>
              {nameOf(number)}: {shownReason(reason)}
            </Text>
          ))}
          {canGoOnWithFile && <RejectsButton rejectsFile={() => state.rejectsFile(results)} />}
        </div>
      )}
      {remaining.length > 0 && (
        <Alert color="orange" title={words.kept(remaining.length)} role="alert">
          {remaining.slice(0, REASONS_SHOWN).map(({ name, reason }) => (
            <Text key={name} size="sm" className={classes.shown}>
              {name}: {reason}
            </Text>
          ))}
        </Alert>
      )}
      <Group>
        {left > 0 && <Button onClick={() => void state.resume(kept)}>{words.resume}</Button>}
        {next !== undefined && <Button onClick={() => state.next(next)}>{words.next(kinds[next])}</Button>}
        <Button variant="default" onClick={() => void state.leave(kept)}>
          {words.leave}
        </Button>
        {canUndo && (
          <Button variant="default" onClick={() => setAsksUndo(true)}>
            {words.undo}
          </Button>
        )}
        <Button
          component={Link}
          to={address(journal.kind === "products" ? "/products" : "/inventory")}
          variant="subtle"
        >
          {journal.kind === "products" ? words.seeProducts : words.seeInventory}
        </Button>
      </Group>
      {canUndo && (
        <Text size="xs" c="dimmed">
          {words.doneHint}
        </Text>
      )}
      {asksUndo && (
        <UndoDialog
          kept={kept}
          onUndo={(isAll) => {
            setAsksUndo(false);
            void state.undo(kept, isAll);
          }}
          onClose={() => setAsksUndo(false)}
        />
      )}
    </Stack>
  );
}

function appliedOf({ results }: JournalWithResults): number {
  return results.filter((each) => each.state === "done").length;
}

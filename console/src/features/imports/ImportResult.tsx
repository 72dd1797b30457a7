import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { formatTime } from "../../shared/format/times";
import { texts } from "../../shared/texts/texts";
import classes from "./Imports.module.css";
import { type JournalWithResults, unfinished } from "./journal";
import type { Kind } from "./protocol";
import { RejectsButton } from "./RejectsButton";
import type { Import } from "./useImport";

const words = texts.imports.result;
const REASONS_SHOWN = 20;
const NEXT: Partial<Record<Kind, Kind>> = { products: "skus", skus: "stock" };

interface Props {
  readonly kept: JournalWithResults;
  readonly keptReasons: ReadonlyMap<number, string>;
  /** Whether the file is still open, so that its next kind can be imported. */
  readonly canGoOnWithFile: boolean;
  readonly state: Import;
}

/** What an import did, what is left of it, and the way back. */
export function ImportResult({ kept, keptReasons, canGoOnWithFile, state }: Props) {
  const { journal, results, undone } = kept;
  const done = results.filter((each) => each.state === "done");
  const refused = results.filter((each) => each.state === "refused");
  const left = unfinished(kept).length;
  const nameOf = (number: number) => journal.units.find((unit) => unit.number === number)?.name ?? "";
  const gone = new Set(undone);
  const canUndo = done.some(({ number, undo }) => undo !== null && !gone.has(number));
  const next = NEXT[journal.kind];
  return (
    <Stack>
      <div>
        <Title order={2} size="h5">
          {words.title(journal.file)}
        </Title>
        <Text size="sm" c="dimmed">
          {texts.imports.file.kinds[journal.kind]} · {formatTime(journal.begunAt)}
        </Text>
      </div>
      <div role="status">
        <Text>{words.done(done.length)}</Text>
        {refused.length > 0 && <Text>{words.refused(refused.length)}</Text>}
        {left > 0 && undone.length === 0 && <Text>{words.left(left)}</Text>}
        {undone.length > 0 && <Text>{words.undone(undone.length)}</Text>}
      </div>
      {left > 0 && undone.length === 0 && <Alert color="orange">{words.stopped}</Alert>}
      {refused.length > 0 && (
        <div>
          {refused.slice(0, REASONS_SHOWN).map(({ number, reason }) => (
            <Text key={number} size="sm" className={classes.shown}>
              {nameOf(number)}: {reason}
            </Text>
          ))}
          {canGoOnWithFile && <RejectsButton rejectsFile={() => state.rejectsFile(results)} />}
        </div>
      )}
      {keptReasons.size > 0 && (
        <Alert color="orange" title={words.kept(keptReasons.size)} role="alert">
          {[...keptReasons].slice(0, REASONS_SHOWN).map(([number, reason]) => (
            <Text key={number} size="sm" className={classes.shown}>
              {nameOf(number)}: {reason}
            </Text>
          ))}
        </Alert>
      )}
      <Group>
        {left > 0 && undone.length === 0 && (
          <Button onClick={() => void state.resume(kept)}>{words.resume}</Button>
        )}
        {canGoOnWithFile && left === 0 && undone.length === 0 && next !== undefined && (
          <Button onClick={() => void state.forget(next)}>
            {words.next(texts.imports.file.kinds[next])}
          </Button>
        )}
        <Button variant="default" title={words.forgetHint} onClick={() => void state.forget(null)}>
          {words.forget}
        </Button>
        {canUndo && (
          <Button variant="default" title={words.undoHint} onClick={() => void state.undo(kept)}>
            {words.undo}
          </Button>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {words.forgetHint} {canUndo && words.undoHint}
      </Text>
    </Stack>
  );
}

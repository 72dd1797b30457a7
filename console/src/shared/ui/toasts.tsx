import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { readable } from "../api/problems";
import { texts } from "../texts/texts";
import { ErrorReference } from "./states";

/** How long something that can be undone offers it. */
export const UNDO_SECONDS = 12;

/** Say that something was done, with a way back where the rules have one. The latest undo is also kept for
 * Ctrl+Z (`undoLatest`).
 */
export function showDone(message: string, undo?: () => Promise<unknown>): void {
  let id = "";
  const run = undo && (() => runUndo(id, undo));
  id = notifications.show({
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm">{message}</Text>
        {run && (
          <Button size="compact-sm" variant="light" flex="none" onClick={run}>
            {texts.common.undo}
          </Button>
        )}
      </Group>
    ),
    color: "teal",
    autoClose: undo === undefined ? 4_000 : UNDO_SECONDS * 1000,
    onClose: () => {
      if (latest?.id === id) {
        latest = null;
      }
    },
  });
  latest = run ? { id, run } : null;
}

/** Say what went wrong, until it is closed. */
export function showError(error: unknown): void {
  const message = readable(error);
  notifications.show({
    title: message.title,
    message: (
      <>
        {message.detail}
        <ErrorReference message={message} />
      </>
    ),
    color: "red",
    autoClose: false,
    role: "alert",
  });
}

/** An undo that failed, and whose reason is on the screen already, such as in the dialog of a conflict. */
export class ShownElsewhere extends Error {}

let latest: { id: string; run: () => void } | null = null;

/** Undo what the newest toast offers to undo; false if none does. */
export function undoLatest(): boolean {
  const offered = latest;
  offered?.run();
  return offered !== null;
}

async function runUndo(id: string, undo: () => Promise<unknown>): Promise<void> {
  latest = null;
  notifications.hide(id);
  try {
    await undo();
    showDone(texts.common.undone);
  } catch (error) {
    if (!(error instanceof ShownElsewhere)) {
      showError(error);
    }
  }
}

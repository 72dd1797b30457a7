import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { newIdempotencyKey } from "../../shared/api/clients";
import { ProblemError } from "../../shared/api/problems";
import { texts } from "../../shared/texts/texts";
import { showDone, showError } from "../../shared/ui/toasts";
import { type Command, executeCommand, readOrder, type StoredOrder } from "./commands";
import { orderQuery } from "./queries";

export interface Sending {
  readonly command: Command;
  /** The version that the command was made for. */
  readonly base: StoredOrder;
}

/** A command that another one has overtaken. */
export interface Conflict extends Sending {
  readonly current: StoredOrder;
  /** The service's own sentence. */
  readonly detail: string;
}

/** Commands on an order: each is sent once, on the version that was read. `onDone` closes its dialog, which is
 * also when the command has begun and runs on by itself.
 */
export function useOrderCommand(onDone: () => void) {
  const client = useQueryClient();
  // The same key until the form is changed: a retry after a lost answer does nothing twice.
  const key = useRef(newIdempotencyKey());
  const isRunningOn = useRef(false);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const setStored = (stored: StoredOrder) =>
    client.setQueryData(orderQuery(stored.order.order_id).queryKey, stored);
  const mutation = useMutation({
    mutationFn: ({ command, base }: Sending) => {
      isRunningOn.current = false;
      return executeCommand(base, command, key.current, (running) => {
        setStored(running);
        if (!isRunningOn.current) onDone();
        isRunningOn.current = true;
      });
    },
    onSuccess: (stored, { command }) => {
      setConflict(null);
      setStored(stored);
      if (!isRunningOn.current) onDone();
      showDone(texts.orders.actions[command.type].done);
    },
    onError: async (error, { command, base }) => {
      const current = await currentOf(error, base);
      if (current !== null) setStored(current);
      if (isRunningOn.current) {
        showError(error);
      } else if (current !== null && current.etag !== base.etag) {
        setConflict({ command, base, current, detail: error.message });
        return;
      }
      setConflict(null);
    },
  });
  return {
    send: (command: Command, base: StoredOrder) => mutation.mutate({ command, base }),
    /** What was typed has changed, so that it is another command. */
    renew: () => {
      key.current = newIdempotencyKey();
      setConflict(null);
      mutation.reset();
    },
    isPending: mutation.isPending,
    /** Why the service refused, unless a conflict says it. */
    error: conflict === null ? mutation.error : null,
    conflict,
  };
}

/** The order as it is after a refusal that another change may explain; null if it explains none. */
async function currentOf(error: unknown, { order }: StoredOrder): Promise<StoredOrder | null> {
  if (!(error instanceof ProblemError) || ![409, 412].includes(error.status)) return null;
  return readOrder(order.order_id).catch(() => null);
}

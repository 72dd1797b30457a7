import { answerOf, type Order, stock } from "../../shared/api/clients";
import { acceptingTransport } from "../../shared/api/transport";
import type { Settling } from "./allowed";
import { allUnits, type Units } from "./changes";

/** An order with the version that `If-Match` names; a command that runs has none. */
export interface StoredOrder {
  readonly order: Order;
  readonly etag: string | null;
}

interface Why {
  readonly reason?: string;
  readonly notes?: string;
}

export interface RefundedUnits extends Units {
  readonly restock?: boolean;
}

/** A command on an order. Without `lines` a settlement concerns all that is left of the version that was read. */
export type Command =
  | { readonly type: "confirm"; readonly lines?: readonly Units[] }
  | ({ readonly type: "cancel"; readonly lines?: readonly Units[] } & Why)
  | ({ readonly type: "refund"; readonly lines?: readonly RefundedUnits[]; readonly restock: boolean } & Why)
  | { readonly type: "amend"; readonly lines: readonly Units[] }
  | { readonly type: "extend"; readonly hold_seconds: number }
  | { readonly type: "reopen"; readonly hold_seconds: number };

export interface NewOrder {
  readonly order_id: string;
  readonly lines: readonly Units[];
  readonly hold_seconds: number;
  readonly owner: string | undefined;
}

/** How long a command that runs is sent again; it finishes by itself afterwards, too. */
const FOLLOW_SECONDS = 300;
const PAUSE_SECONDS = 2;

export async function readOrder(orderId: string, signal?: AbortSignal): Promise<StoredOrder> {
  const { document, response } = await answerOf(
    stock.GET("/orders/{order_id}", { params: { path: { order_id: orderId } }, signal }),
  );
  return { order: document, etag: response.headers.get("ETag") };
}

/** Execute a command once, on the version that was read. While it runs, `onRunning` gets the order. */
export function executeCommand(
  stored: StoredOrder,
  command: Command,
  key: string,
  onRunning: (running: StoredOrder) => void,
): Promise<StoredOrder> {
  return followed(() => sendCommand(stored, command, key), onRunning);
}

/** Place an order; its id takes the place of a key, so that sending it again places nothing twice. */
export function placeOrder(
  { order_id, lines, hold_seconds, owner }: NewOrder,
  onRunning: (running: StoredOrder) => void,
): Promise<StoredOrder> {
  const send = async (): Promise<Answer> =>
    answerOf(
      stock.PUT("/orders/{order_id}", {
        params: { path: { order_id } },
        body: { lines: [...lines], hold_seconds, owner },
        fetch: acceptingTransport,
      }),
    );
  return followed(send, onRunning);
}

interface Answer {
  readonly document: Order;
  readonly response: Response;
}

/** The same command, sent again under the same key, continues one that runs. */
async function followed(
  send: () => Promise<Answer>,
  onRunning: (running: StoredOrder) => void,
): Promise<StoredOrder> {
  const begun = performance.now();
  for (;;) {
    const { document, response } = await send();
    const stored = { order: document, etag: response.headers.get("ETag") };
    if (response.status !== 202) return stored;
    onRunning(stored);
    if (performance.now() - begun > FOLLOW_SECONDS * 1000) return stored;
    const seconds = Number(response.headers.get("Retry-After")) || PAUSE_SECONDS;
    await new Promise((resume) => setTimeout(resume, seconds * 1000));
  }
}

async function sendCommand({ order, etag }: StoredOrder, command: Command, key: string): Promise<Answer> {
  const path = { order_id: order.order_id };
  const keyed = { "Idempotency-Key": key };
  const header = etag === null ? keyed : { ...keyed, "If-Match": etag };
  const options = { params: { path, header }, fetch: acceptingTransport };
  switch (command.type) {
    case "confirm": {
      const body = { lines: linesOf(order, command) };
      return answerOf(stock.POST("/orders/{order_id}/confirm", { ...options, body }));
    }
    case "cancel": {
      const { type: _, lines: __, ...why } = command;
      const body = { lines: linesOf(order, command), ...why };
      return answerOf(stock.POST("/orders/{order_id}/cancel", { ...options, body }));
    }
    case "refund": {
      const { type: _, lines: __, ...how } = command;
      const body = { lines: linesOf(order, command), ...how };
      return answerOf(stock.POST("/orders/{order_id}/refund", { ...options, body }));
    }
    case "amend": {
      const body = { lines: [...command.lines] };
      return answerOf(stock.POST("/orders/{order_id}/amend", { ...options, body }));
    }
    case "reopen": {
      const body = { hold_seconds: command.hold_seconds };
      return answerOf(stock.POST("/orders/{order_id}/reopen", { ...options, body }));
    }
    case "extend": {
      // The API takes no `If-Match` here: a hold that is made longer overwrites nothing.
      const body = { hold_seconds: command.hold_seconds };
      const params = { path, header: keyed };
      return answerOf(stock.POST("/orders/{order_id}/extend", { params, body, fetch: acceptingTransport }));
    }
  }
}

/** The lines to settle, named even where they are all: the service answers a whole command that finds nothing left
 * as done, although it is not what the person saw. A vendor has to name its lines anyway.
 */
function linesOf(
  order: Order,
  { type, lines }: { readonly type: Settling; readonly lines?: readonly RefundedUnits[] },
): RefundedUnits[] | undefined {
  const named = lines ?? allUnits(order, type);
  return named.length > 0 ? [...named] : undefined;
}

import { Anchor, Button, Drawer, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { isProblem } from "../../shared/api/problems";
import { useVendorAddress } from "../../shared/session/vendor";
import { texts } from "../../shared/texts/texts";
import { showDone, showError } from "../../shared/ui/toasts";
import { isOwner, type TypedLine, typedUnits } from "./changes";
import { type NewOrder, placeOrder, type StoredOrder } from "./commands";
import { HoldField } from "./HoldField";
import { DEFAULT_HOLD, type Hold, holdSecondsOf } from "./holds";
import { LinesEditor } from "./LinesEditor";
import { OrderRefusal } from "./OrderRefusal";
import { newOrderId, orderIdOf } from "./orderId";
import { orderQuery } from "./queries";

/** Place an order by hand, to try what an order system does. */
export function NewOrderDrawer({ onClose }: { readonly onClose: () => void }) {
  const words = texts.orders.create;
  const address = useVendorAddress();
  // The id takes the place of a key: a retry after a lost answer places nothing twice.
  const [id, setId] = useState(newOrderId);
  const [lines, setLines] = useState<readonly TypedLine[]>([{ id: 0, sku: "", quantity: "1" }]);
  const [owner, setOwner] = useState("");
  const [hold, setHold] = useState<Hold>(DEFAULT_HOLD);
  const [tried, setTried] = useState(false);
  const place = usePlace();
  const orderId = orderIdOf(id);
  const units = typedUnits(lines);
  const seconds = holdSecondsOf(hold);
  const edit =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      set(value);
      place.reset();
    };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (orderId === null || units === null || units.length === 0 || seconds === null || !isOwner(owner))
      return;
    place.mutate({
      order_id: orderId,
      lines: units,
      hold_seconds: seconds,
      owner: owner.trim() || undefined,
    });
  };
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={words.title}
      closeButtonProps={{ "aria-label": texts.common.close }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {words.intro}
          </Text>
          <TextInput
            label={words.id}
            description={words.idHint}
            value={id}
            onChange={(event) => edit(setId)(event.currentTarget.value)}
            error={orderId === null && texts.orders.find.invalid}
            spellCheck={false}
          />
          <Stack gap={4} role="group" aria-labelledby="new-lines">
            <Text size="sm" fw={600} id="new-lines">
              {words.lines}
            </Text>
            <LinesEditor
              lines={lines}
              onChange={edit(setLines)}
              error={tried && (units === null || units.length === 0) && texts.orders.invalid.lines}
              isFirst
            />
          </Stack>
          <TextInput
            label={words.owner}
            description={words.ownerHint}
            placeholder="default"
            value={owner}
            onChange={(event) => edit(setOwner)(event.currentTarget.value)}
            error={!isOwner(owner) && texts.orders.invalid.owner}
            spellCheck={false}
          />
          <HoldField hold={hold} onChange={edit(setHold)} />
          {place.isError && (
            <div>
              <OrderRefusal error={place.error} />
              {isProblem(place.error, "order_exists", "order_cancelled", "reservation_expired") && (
                <Anchor component={Link} size="sm" to={address(`/orders/${orderId}`)}>
                  {words.exists}
                </Anchor>
              )}
            </div>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.common.cancel}
            </Button>
            <Button type="submit" loading={place.isPending}>
              {words.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}

/** Place, and go to the order: at once when it has begun, and then its page follows it. */
function usePlace() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const address = useVendorAddress();
  const opened = useRef<string | null>(null);
  const open = (stored: StoredOrder) => {
    const { order_id } = stored.order;
    client.setQueryData(orderQuery(order_id).queryKey, stored);
    if (opened.current === order_id) return;
    opened.current = order_id;
    void navigate(address(`/orders/${order_id}`));
  };
  return useMutation({
    mutationFn: (order: NewOrder) => placeOrder(order, open),
    onSuccess: (stored) => {
      open(stored);
      showDone(texts.orders.create.done(stored.order.order_id));
    },
    onError: (error, { order_id }) => {
      if (opened.current !== order_id) return;
      void client.invalidateQueries({ queryKey: orderQuery(order_id).queryKey });
      showError(error);
    },
  });
}

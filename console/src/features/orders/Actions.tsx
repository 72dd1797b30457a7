import { Button, Paper, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { usePrincipal } from "../../shared/session/session";
import { texts } from "../../shared/texts/texts";
import { ConflictDialog } from "../../shared/ui/ConflictDialog";
import type { ActionDialogProps } from "./ActionDialog";
import { AmendDialog } from "./AmendDialog";
import { type Action, actionsOf, hindranceOf, totalOf } from "./allowed";
import type { StoredOrder } from "./commands";
import { conflictRows } from "./conflicts";
import { HoldDialog } from "./HoldDialog";
import classes from "./Orders.module.css";
import { SettleDialog } from "./SettleDialog";
import { useOrderCommand } from "./useOrderCommand";

interface Opened {
  readonly action: Action;
  /** The order as it was when the dialog was opened: what is typed is meant for it. */
  readonly base: StoredOrder;
}

/** What can be done with an order, and why the rest cannot. */
export function Actions({ stored }: { readonly stored: StoredOrder }) {
  const words = texts.orders;
  const { role } = usePrincipal();
  const [opened, setOpened] = useState<Opened | null>(null);
  const close = () => setOpened(null);
  const command = useOrderCommand(close);
  const actions = actionsOf(role);
  if (actions.length === 0) return null;
  const open = (action: Action) => {
    command.renew();
    setOpened({ action, base: stored });
  };
  const { conflict } = command;
  const applyYours = () => {
    if (conflict === null) return;
    command.renew();
    setOpened({ action: conflict.command.type, base: conflict.current });
    command.send(conflict.command, conflict.current);
  };
  const mayApply = conflict !== null && hindranceOf(conflict.current.order, conflict.command.type) === null;
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="actions">
      <Title order={2} size="h5" id="actions" mb="xs">
        {words.actions.title}
      </Title>
      <Stack gap="xs">
        {actions.map((action) => {
          const hindrance = hindranceOf(stored.order, action);
          return (
            <div key={action} className={classes.action}>
              <Button
                variant={action === "confirm" ? "filled" : "default"}
                disabled={hindrance !== null}
                onClick={() => open(action)}
                aria-describedby={`why-${action}`}
              >
                {words.actions[action].button}
              </Button>
              <Text size="xs" c="dimmed" id={`why-${action}`}>
                {hindrance === null ? hintOf(action, stored) : words.why[hindrance]}
              </Text>
            </div>
          );
        })}
      </Stack>
      {opened && (
        <Dialog
          key={opened.action}
          action={opened.action}
          order={opened.base.order}
          isHidden={conflict !== null}
          isPending={command.isPending}
          error={command.error}
          onEdit={command.renew}
          onSend={(sent) => command.send(sent, opened.base)}
          onClose={close}
        />
      )}
      {conflict && (
        <ConflictDialog
          subject={conflict.base.order.order_id}
          detail={conflict.detail}
          rows={conflictRows(conflict.command, conflict.base.order, conflict.current.order)}
          onKeepTheirs={() => {
            command.renew();
            close();
          }}
          onApplyYours={mayApply ? applyYours : undefined}
        />
      )}
    </Paper>
  );
}

function Dialog({ action, ...props }: ActionDialogProps & { readonly action: Action }) {
  if (action === "amend") return <AmendDialog {...props} />;
  if (action === "extend" || action === "reopen") return <HoldDialog action={action} {...props} />;
  return <SettleDialog settling={action} {...props} />;
}

function hintOf(action: Action, { order }: StoredOrder): string {
  const words = texts.orders.actions;
  return action === "confirm" || action === "cancel" || action === "refund"
    ? words[action].hint(totalOf(order, action))
    : words[action].hint;
}

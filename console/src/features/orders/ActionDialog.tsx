import { Button, Group, Modal, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import type { Order } from "../../shared/api/clients";
import { texts } from "../../shared/texts/texts";
import type { Command } from "./commands";
import { OrderRefusal } from "./OrderRefusal";

/** What every dialog of an action gets. */
export interface ActionDialogProps {
  /** The order as it was when the dialog was opened. */
  readonly order: Order;
  /** Whether the dialog of a conflict stands in front; what is typed stays. */
  readonly isHidden: boolean;
  readonly isPending: boolean;
  /** Why the service refused the command; null if it did not. */
  readonly error: unknown;
  /** Something typed has changed. */
  readonly onEdit: () => void;
  readonly onSend: (command: Command) => void;
  readonly onClose: () => void;
}

interface Props extends Pick<ActionDialogProps, "isHidden" | "isPending" | "error" | "onClose"> {
  readonly title: string;
  readonly submit: string;
  readonly size?: "md" | "lg";
  /** Whether the keyboard begins at the button, where no field has to be filled. */
  readonly isSubmitFirst?: boolean;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

/** The frame of an action's dialog: its fields, why it was refused, and the buttons. */
export function ActionDialog({ title, submit, size, isSubmitFirst, onSubmit, children, ...state }: Props) {
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Modal
      opened={!state.isHidden}
      onClose={state.onClose}
      title={title}
      size={size ?? "md"}
      closeButtonProps={{ "aria-label": texts.common.close }}
      centered
    >
      <form onSubmit={send} noValidate>
        <Stack gap="sm">
          {children}
          {state.error !== null && <OrderRefusal error={state.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={state.onClose}>
              {texts.common.close}
            </Button>
            <Button type="submit" loading={state.isPending} data-autofocus={isSubmitFirst || undefined}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

import { useState } from "react";
import { texts } from "../../shared/texts/texts";
import { ActionDialog, type ActionDialogProps } from "./ActionDialog";
import { HoldField } from "./HoldField";
import { DEFAULT_HOLD, type Hold, holdSecondsOf } from "./holds";

interface Props extends ActionDialogProps {
  readonly action: "extend" | "reopen";
}

/** Extend a hold, or reserve again what was released: both say how long from now. */
export function HoldDialog({ action, order, onEdit, onSend, ...state }: Props) {
  const words = texts.orders.actions[action];
  const [hold, setHold] = useState<Hold>(DEFAULT_HOLD);
  const seconds = holdSecondsOf(hold);
  return (
    <ActionDialog
      title={words.title(order.order_id)}
      submit={words.submit}
      onSubmit={() => seconds !== null && onSend({ type: action, hold_seconds: seconds })}
      {...state}
    >
      <HoldField
        hold={hold}
        onChange={(next) => {
          setHold(next);
          onEdit();
        }}
        isFirst
      />
    </ActionDialog>
  );
}

import { Button, Group, Modal, Text } from "@mantine/core";
import { useState } from "react";
import { signInAgain } from "../shared/session/session";
import { texts } from "../shared/texts/texts";
import { showError } from "../shared/ui/toasts";

/** Signing in again beside the page, which stays as it is. */
export function SessionEndedDialog() {
  const words = texts.shell.sessionEnded;
  const [busy, setBusy] = useState(false);
  const again = () => {
    setBusy(true);
    signInAgain()
      .catch(showError)
      .finally(() => setBusy(false));
  };
  return (
    <Modal opened onClose={() => {}} withCloseButton={false} title={words.title} centered>
      <Text size="sm">{words.detail}</Text>
      <Group justify="flex-end" mt="md">
        <Button loading={busy} onClick={again} data-autofocus>
          {words.button}
        </Button>
      </Group>
    </Modal>
  );
}

import { Button, Code, Group, Loader, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { type ReadableError, readable } from "../api/problems";
import { texts } from "../texts/texts";
import { AlertIcon, BoxIcon, LockIcon } from "./icons";

/** Something is on its way. */
export function LoadingState({ label = texts.common.loading }: { label?: string }) {
  return (
    <Stack align="center" gap="xs" py="xl" role="status">
      <Loader size="sm" />
      <Text size="sm" c="dimmed">
        {label}
      </Text>
    </Stack>
  );
}

interface MessageProps {
  readonly title: string;
  readonly detail?: ReactNode;
  /** What to do about it. */
  readonly action?: ReactNode;
}

/** There is nothing to show, and what to do about it. */
export function EmptyState({ title, detail, action }: MessageProps) {
  return <Message icon={<BoxIcon />} colour="gray" title={title} detail={detail} action={action} />;
}

/** The person's role does not include this. */
export function NoPermissionState({ action }: { action?: ReactNode }) {
  const { title, detail } = texts.common.noPermission;
  return <Message icon={<LockIcon />} colour="gray" title={title} detail={detail} action={action} />;
}

/** An error as a readable message; a refusal for lack of permission is shown as that. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const message = readable(error);
  if (message.status === 403) {
    return <NoPermissionState />;
  }
  return (
    <div role="alert">
      <Message
        icon={<AlertIcon />}
        colour="red"
        title={message.title}
        detail={
          <>
            {message.detail}
            <ErrorReference message={message} />
          </>
        }
        action={
          onRetry && (
            <Button variant="default" onClick={onRetry}>
              {texts.common.retry}
            </Button>
          )
        }
      />
    </div>
  );
}

/** Code and request id, to quote when asking for help. */
export function ErrorReference({ message }: { message: ReadableError }) {
  if (message.code === null && message.requestId === null) {
    return null;
  }
  return (
    <Text size="xs" c="dimmed" mt={4} component="div">
      {message.code !== null && (
        <span>
          {texts.problems.code} <Code>{message.code}</Code>
        </span>
      )}{" "}
      {message.requestId !== null && (
        <span>
          {texts.problems.requestId} <Code>{message.requestId}</Code>
        </span>
      )}
    </Text>
  );
}

function Message({
  icon,
  colour,
  title,
  detail,
  action,
}: MessageProps & { icon: ReactNode; colour: string }) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <ThemeIcon variant="light" color={colour} size="xl" radius="xl">
        {icon}
      </ThemeIcon>
      <Title order={2} size="h5">
        {title}
      </Title>
      {detail !== undefined && (
        <Text size="sm" c="dimmed" maw="34rem" component="div">
          {detail}
        </Text>
      )}
      {action && (
        <Group mt="xs" gap="xs">
          {action}
        </Group>
      )}
    </Stack>
  );
}

import { Text } from "@mantine/core";
import type { ReadableError } from "../../shared/api/problems";
import { ErrorReference } from "../../shared/ui/states";

/** Why a service refused what a form sent. */
export function FormError({ error }: { error: ReadableError }) {
  return (
    <div role="alert">
      <Text size="sm" c="var(--mantine-color-error)">
        {error.title}
      </Text>
      <Text size="xs" component="div">
        {error.detail}
      </Text>
      <ErrorReference message={error} />
    </div>
  );
}

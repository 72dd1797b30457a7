import { Alert } from "@mantine/core";
import { readable } from "../api/problems";
import { ErrorReference } from "./states";

/** Why the service refused, beside what was typed. */
export function Refusal({ error }: { readonly error: unknown }) {
  const message = readable(error);
  return (
    <Alert color="red" title={message.title} role="alert">
      {message.detail}
      <ErrorReference message={message} />
    </Alert>
  );
}

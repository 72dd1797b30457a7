import { Text } from "@mantine/core";
import { ProblemError } from "../../shared/api/problems";
import { Refusal } from "../../shared/ui/Refusal";
import { shortages } from "./shortages";

/** Why the service refused a command on an order, with the lines that it names. */
export function OrderRefusal({ error }: { readonly error: unknown }) {
  const lines = error instanceof ProblemError ? shortages(error.problem.lines) : [];
  return (
    <div>
      <Refusal error={error} />
      {lines.map((line) => (
        <Text key={line} size="xs" mt={4} style={{ overflowWrap: "anywhere" }}>
          {line}
        </Text>
      ))}
    </div>
  );
}

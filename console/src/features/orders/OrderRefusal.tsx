import { ProblemError } from "../../shared/api/problems";
import { Refusal } from "../../shared/ui/Refusal";
import { ShortLines } from "./ShortLines";

/** Why the service refused a command on an order, with the lines that it names. */
export function OrderRefusal({ error }: { readonly error: unknown }) {
  return (
    <div>
      <Refusal error={error} />
      {error instanceof ProblemError && <ShortLines lines={error.problem.lines} />}
    </div>
  );
}

import { PageFrame } from "../../shared/ui/PageFrame";
import { LoadingState } from "../../shared/ui/states";

export function ShelfPage() {
  return (
    <PageFrame title="ShelfPage">
      <LoadingState />
    </PageFrame>
  );
}

import { PageFrame } from "../../shared/ui/PageFrame";
import { LoadingState } from "../../shared/ui/states";

export function InventoryPage() {
  return (
    <PageFrame title="InventoryPage">
      <LoadingState />
    </PageFrame>
  );
}

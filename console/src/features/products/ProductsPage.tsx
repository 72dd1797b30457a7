import { PageFrame } from "../../shared/ui/PageFrame";
import { LoadingState } from "../../shared/ui/states";

export function ProductsPage() {
  return (
    <PageFrame title="ProductsPage">
      <LoadingState />
    </PageFrame>
  );
}

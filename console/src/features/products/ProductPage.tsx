import { PageFrame } from "../../shared/ui/PageFrame";
import { LoadingState } from "../../shared/ui/states";

export function ProductPage() {
  return (
    <PageFrame title="ProductPage">
      <LoadingState />
    </PageFrame>
  );
}

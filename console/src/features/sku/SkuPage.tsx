import { PageFrame } from "../../shared/ui/PageFrame";
import { LoadingState } from "../../shared/ui/states";

export function SkuPage() {
  return (
    <PageFrame title="SkuPage">
      <LoadingState />
    </PageFrame>
  );
}

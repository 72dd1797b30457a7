import { PageFrame } from "../../shared/ui/PageFrame";
import { LoadingState } from "../../shared/ui/states";

export function OverviewPage() {
  return (
    <PageFrame title="OverviewPage">
      <LoadingState />
    </PageFrame>
  );
}

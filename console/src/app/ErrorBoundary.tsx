import { Button } from "@mantine/core";
import { useRouteError } from "react-router";
import { texts } from "../shared/texts/texts";
import { PageFrame } from "../shared/ui/PageFrame";
import { ErrorState } from "../shared/ui/states";

/** What is shown in place of a page that failed while it was drawn or loaded. */
export function RouteError() {
  const error = useRouteError();
  return (
    <PageFrame title={texts.shell.crashed.title}>
      <ErrorState error={error} />
      <div style={{ textAlign: "center" }}>
        <Button variant="default" onClick={() => location.reload()}>
          {texts.shell.crashed.reload}
        </Button>
      </div>
    </PageFrame>
  );
}

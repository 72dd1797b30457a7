import { Button } from "@mantine/core";
import { Link } from "react-router";
import { texts } from "../shared/texts/texts";
import { PageFrame } from "../shared/ui/PageFrame";
import { NoPermissionState } from "../shared/ui/states";

/** A page of another role. */
export function NoPermissionPage() {
  return (
    <PageFrame title={texts.common.noPermission.title}>
      <NoPermissionState
        action={
          <Button component={Link} to="/" variant="default">
            {texts.common.noPermission.back}
          </Button>
        }
      />
    </PageFrame>
  );
}

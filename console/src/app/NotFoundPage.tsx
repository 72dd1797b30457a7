import { Button } from "@mantine/core";
import { Link } from "react-router";
import { texts } from "../shared/texts/texts";
import { PageFrame } from "../shared/ui/PageFrame";
import { EmptyState } from "../shared/ui/states";

export function NotFoundPage() {
  const words = texts.common.notFound;
  return (
    <PageFrame title={words.title}>
      <EmptyState
        title={words.title}
        detail={words.detail}
        action={
          <Button component={Link} to="/" variant="default">
            {texts.common.noPermission.back}
          </Button>
        }
      />
    </PageFrame>
  );
}

import { Button } from "@mantine/core";
import { Link, Navigate } from "react-router";
import { useSession } from "../shared/session/session";
import { texts } from "../shared/texts/texts";
import { PageFrame } from "../shared/ui/PageFrame";
import { EmptyState } from "../shared/ui/states";
import { firstPage } from "./navigation";
import { SignInPage } from "./SignInPage";

/** `/`: the sign-in, or the role's first page. */
export function FirstPage() {
  const session = useSession();
  if (session.status !== "signed-in") {
    return <SignInPage />;
  }
  const path = firstPage(session.principal.role);
  if (path !== null) {
    return <Navigate to={path} replace />;
  }
  const words = texts.shell.noScreens;
  const title = words.title(texts.shell.roles[session.principal.role]);
  return (
    <PageFrame title={title}>
      <EmptyState
        title={title}
        detail={words.detail}
        action={
          <Button component={Link} to="/shelf" variant="default">
            {words.shelf}
          </Button>
        }
      />
    </PageFrame>
  );
}

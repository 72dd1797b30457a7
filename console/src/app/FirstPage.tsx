import { Navigate } from "react-router";
import { useSession } from "../shared/session/session";
import { firstPage } from "./navigation";
import { SignInPage } from "./SignInPage";

/** `/`: the sign-in, or the role's first page. */
export function FirstPage() {
  const session = useSession();
  return session.status === "signed-in" ? (
    <Navigate to={firstPage(session.principal.role)} replace />
  ) : (
    <SignInPage />
  );
}

import { useSearchParams } from "react-router";
import { usePrincipal } from "./session";

/** The vendor whose page this is: a vendor's own by its token, whatever the address says; for an admin or an
 * auditor the one that `?vendor=` names, or null while none is chosen.
 */
export function useVendorId(): string | null {
  const principal = usePrincipal();
  const [query] = useSearchParams();
  return principal.role === "vendor" ? principal.vendorId : query.get("vendor") || null;
}

/** An address of a vendor's page that keeps the vendor an admin has chosen. */
export function useVendorAddress(): (path: string) => string {
  const principal = usePrincipal();
  const vendor = useVendorId();
  return (path) =>
    principal.role === "vendor" || vendor === null
      ? path
      : `${path}${path.includes("?") ? "&" : "?"}vendor=${encodeURIComponent(vendor)}`;
}

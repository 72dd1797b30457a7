import { useEffect } from "react";
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

/** Of a page whose address names a thing of one vendor: for others than vendors, put that vendor into the
 * address, so that the pages beside it are the same vendor's.
 */
export function useVendorOf(thing: { readonly vendor_id: string } | undefined): void {
  const { role } = usePrincipal();
  const [query, setQuery] = useSearchParams();
  const vendor = role === "vendor" ? undefined : thing?.vendor_id;
  const isNamed = vendor === undefined || query.get("vendor") === vendor;
  useEffect(() => {
    if (!isNamed && vendor !== undefined) {
      setQuery(
        (current) => {
          current.set("vendor", vendor);
          return current;
        },
        { replace: true },
      );
    }
  }, [isNamed, vendor, setQuery]);
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

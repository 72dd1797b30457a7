import type { ReactNode } from "react";
import type { Role } from "../shared/session/principal";
import { texts } from "../shared/texts/texts";
import { BoxIcon, ChartIcon, CountIcon, ImportIcon, OrderIcon, ShelfIcon, TagIcon } from "../shared/ui/icons";

/** A page in the navigation. */
export interface NavigationItem {
  readonly path: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly roles: readonly Role[];
  /** Whether it shows one vendor, so that an admin has to choose one. */
  readonly ofVendor: boolean;
}

const VENDOR_ROLES: readonly Role[] = ["vendor", "admin"];
const ALL_ROLES: readonly Role[] = ["vendor", "desk", "auditor", "admin"];
const SHELF = "/shelf";

export const NAVIGATION: readonly NavigationItem[] = [
  {
    path: "/overview",
    label: texts.shell.overview,
    icon: <ChartIcon />,
    roles: VENDOR_ROLES,
    ofVendor: true,
  },
  {
    path: "/inventory",
    label: texts.shell.inventory,
    icon: <BoxIcon />,
    roles: VENDOR_ROLES,
    ofVendor: true,
  },
  {
    path: "/stocktake",
    label: texts.shell.stocktake,
    icon: <CountIcon />,
    roles: VENDOR_ROLES,
    ofVendor: true,
  },
  { path: "/products", label: texts.shell.products, icon: <TagIcon />, roles: VENDOR_ROLES, ofVendor: true },
  { path: "/import", label: texts.shell.import, icon: <ImportIcon />, roles: VENDOR_ROLES, ofVendor: true },
  {
    path: "/orders",
    label: texts.shell.orders,
    icon: <OrderIcon />,
    roles: ["vendor", "desk", "admin"],
    ofVendor: false,
  },
  { path: SHELF, label: texts.shell.shelf, icon: <ShelfIcon />, roles: ALL_ROLES, ofVendor: false },
];

/** The page that a role sees first; null while it has none but the public one. */
export function firstPage(role: Role): string | null {
  const item = NAVIGATION.find((each) => each.path !== SHELF && each.roles.includes(role));
  return item?.path ?? null;
}

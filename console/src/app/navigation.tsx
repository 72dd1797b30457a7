import type { ReactNode } from "react";
import type { Role } from "../shared/session/principal";
import { texts } from "../shared/texts/texts";
import {
  AlertIcon,
  BoxIcon,
  ChartIcon,
  ClockIcon,
  CountIcon,
  ImportIcon,
  ListIcon,
  OrderIcon,
  ShelfIcon,
  ShieldIcon,
  TagIcon,
} from "../shared/ui/icons";

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
const AUDITOR_ROLES: readonly Role[] = ["auditor", "admin"];
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
  {
    path: "/findings",
    label: texts.shell.findings,
    icon: <AlertIcon />,
    roles: AUDITOR_ROLES,
    ofVendor: false,
  },
  { path: "/log", label: texts.shell.log, icon: <ListIcon />, roles: AUDITOR_ROLES, ofVendor: false },
  {
    path: "/verify",
    label: texts.shell.verify,
    icon: <ShieldIcon />,
    roles: AUDITOR_ROLES,
    ofVendor: false,
  },
  {
    path: "/stock-at",
    label: texts.shell.stockAt,
    icon: <ClockIcon />,
    roles: AUDITOR_ROLES,
    ofVendor: false,
  },
  { path: SHELF, label: texts.shell.shelf, icon: <ShelfIcon />, roles: ALL_ROLES, ofVendor: false },
];

/** The page that a role sees first: each has one beside the public one. */
export function firstPage(role: Role): string {
  const item = NAVIGATION.find((each) => each.path !== SHELF && each.roles.includes(role));
  return item?.path ?? SHELF;
}

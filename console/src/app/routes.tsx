import { createBrowserRouter, type RouteObject } from "react-router";
import type { Role } from "../shared/session/principal";
import { RouteError } from "./ErrorBoundary";
import { FirstPage } from "./FirstPage";
import { NotFoundPage } from "./NotFoundPage";
import { ForRoles, Shell } from "./Shell";

const VENDOR_ROLES: readonly Role[] = ["vendor", "admin"];
const ORDER_ROLES: readonly Role[] = ["desk", "admin", "vendor"];
/** Auditors come from the log to an order, and read it. */
const ORDER_READERS: readonly Role[] = [...ORDER_ROLES, "auditor"];
const AUDITOR_ROLES: readonly Role[] = ["auditor", "admin"];
/** Vendors come from a SKU to its log, its verification and its stock on a past day; the service shows them their own. */
const LOG_READERS: readonly Role[] = [...AUDITOR_ROLES, "vendor"];

/** Every address of the console. A page is loaded when its address is first opened. */
const ROUTES: RouteObject[] = [
  {
    Component: Shell,
    ErrorBoundary: RouteError,
    HydrateFallback: () => null,
    children: [
      { index: true, Component: FirstPage },
      {
        ErrorBoundary: RouteError,
        element: <ForRoles roles={VENDOR_ROLES} ofVendor />,
        children: [
          {
            path: "overview",
            lazy: async () => ({
              Component: (await import("../features/overview/OverviewPage")).OverviewPage,
            }),
          },
          {
            path: "inventory",
            lazy: async () => ({
              Component: (await import("../features/inventory/InventoryPage")).InventoryPage,
            }),
          },
          {
            path: "import",
            lazy: async () => ({
              Component: (await import("../features/imports/ImportPage")).ImportPage,
            }),
          },
          {
            path: "stocktake",
            lazy: async () => ({
              Component: (await import("../features/stocktake/StocktakePage")).StocktakePage,
            }),
          },
          {
            path: "products",
            lazy: async () => ({
              Component: (await import("../features/products/ProductsPage")).ProductsPage,
            }),
          },
        ],
      },
      {
        ErrorBoundary: RouteError,
        element: <ForRoles roles={VENDOR_ROLES} />,
        children: [
          {
            path: "skus/:sku",
            lazy: async () => ({ Component: (await import("../features/sku/SkuPage")).SkuPage }),
          },
          {
            path: "products/:product_id",
            lazy: async () => ({ Component: (await import("../features/products/ProductPage")).ProductPage }),
          },
        ],
      },
      {
        ErrorBoundary: RouteError,
        element: <ForRoles roles={ORDER_ROLES} />,
        children: [
          {
            path: "orders",
            lazy: async () => ({ Component: (await import("../features/orders/OrdersPage")).OrdersPage }),
          },
        ],
      },
      {
        ErrorBoundary: RouteError,
        element: <ForRoles roles={ORDER_READERS} />,
        children: [
          {
            path: "orders/:order_id",
            lazy: async () => ({ Component: (await import("../features/orders/OrderPage")).OrderPage }),
          },
        ],
      },
      {
        ErrorBoundary: RouteError,
        element: <ForRoles roles={AUDITOR_ROLES} />,
        children: [
          {
            path: "findings",
            lazy: async () => ({
              Component: (await import("../features/findings/FindingsPage")).FindingsPage,
            }),
          },
        ],
      },
      {
        ErrorBoundary: RouteError,
        element: <ForRoles roles={LOG_READERS} />,
        children: [
          {
            path: "log",
            lazy: async () => ({ Component: (await import("../features/log/LogPage")).LogPage }),
          },
          {
            path: "verify/:sku?",
            lazy: async () => ({ Component: (await import("../features/verify/VerifyPage")).VerifyPage }),
          },
          {
            path: "stock-at/:sku?",
            lazy: async () => ({ Component: (await import("../features/stockAt/StockAtPage")).StockAtPage }),
          },
        ],
      },
      {
        path: "shelf",
        ErrorBoundary: RouteError,
        lazy: async () => ({ Component: (await import("../features/shelf/ShelfPage")).ShelfPage }),
      },
      { path: "*", Component: NotFoundPage },
    ],
  },
];

/** The router, which reads the address line now: a sign-in that comes back has restored it. */
export function createRouter() {
  return createBrowserRouter(ROUTES);
}

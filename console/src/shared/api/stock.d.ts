// Generated from services/stock/openapi.json by npm run types; do not edit.

export interface paths {
    "/products/{product_id}/skus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a product's SKUs
         * @description It needs a token of the role admin, auditor, desk, orders or vendor. A vendor reaches only what is its own.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_skus_of_product"];
        put?: never;
        /**
         * Create a variant of a product
         * @description It needs a token of the role admin or vendor. A vendor reaches only what is its own.
         *
         *     With an `Idempotency-Key`, sent again with the same key, it is executed once.
         */
        post: operations["create_sku"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{product_id}/skus/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Return a SKU with its stock
         * @description The ETag is that of the attributes which PATCH and DELETE may change: a sale does not change it.
         *
         *     It needs a token of the role admin, auditor, desk, orders or vendor. A vendor reaches only what is its own.
         */
        get: operations["get_sku"];
        put?: never;
        post?: never;
        /**
         * Deactivate a SKU; the SKU and its stock remain
         * @description An inactive SKU is 204, whatever If-Match expects.  With an Idempotency-Key, a repeated request
         *     changes nothing, even if the SKU was reactivated since.
         *
         *     It needs a token of the role admin or vendor. A vendor reaches only what is its own.
         *
         *     With an `Idempotency-Key`, sent again with the same key, it is executed once. With `If-Match`, only the version that was read is changed; any other is refused with 412.
         */
        delete: operations["deactivate_sku"];
        options?: never;
        head?: never;
        /**
         * Change attributes of a SKU, but not its stock; `{"is_active": true}` reactivates it
         * @description Attributes that have the wanted values already are no change, and 200 whatever If-Match expects.  With
         *     an Idempotency-Key, a repeated request returns the SKU as it is now, and undoes nobody's later change.
         *
         *     It needs a token of the role admin or vendor. A vendor reaches only what is its own.
         *
         *     With an `Idempotency-Key`, sent again with the same key, it is executed once. With `If-Match`, only the version that was read is changed; any other is refused with 412.
         */
        patch: operations["change_sku"];
        trace?: never;
    };
    "/products/{product_id}/skus/{sku}/restocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add units to the stock
         * @description It needs a token of the role admin or vendor. A vendor reaches only what is its own.
         *
         *     It needs an `Idempotency-Key`: sent again with the same key, it is executed once.
         */
        post: operations["restock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{product_id}/skus/{sku}/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Correct the stock by a signed change, or to a physical count
         * @description Notes that name a finding of the audit service repair what it reports; only an admin may write them.
         *
         *     It needs a token of the role admin or vendor. A vendor reaches only what is its own.
         *
         *     It needs an `Idempotency-Key`: sent again with the same key, it is executed once.
         */
        post: operations["adjust_stock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/stock/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restock and adjust many SKUs; each change succeeds or fails independently
         * @description Changes of one SKU are executed in the order sent.  A change is the same command as the single request
         *     with its members and its `idempotency_key` as the Idempotency-Key: whichever comes second is a replay,
         *     with the status 200.
         *
         *     It needs a token of the role admin or vendor. A vendor reaches only what is its own.
         */
        post: operations["batch_stock_changes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vendors/{vendor_id}/inventory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a vendor's SKUs, newest change first; with `barcode`, those that have it, by id
         * @description Inactive SKUs are listed too. The list without `barcode` is not a snapshot. A SKU that changes while
         *     pages are read moves to the top, onto a page that has been read, so that a walk through the pages may
         *     miss it. To have every SKU, keep the newest
         *     `last_updated` of the first page. After the last page, read the list from the top again, until a SKU's
         *     `last_updated` is more than 30 seconds older than that: a change in progress may have an earlier time
         *     than one that was listed. Repeat this while it takes several pages and shows a SKU for the first time.
         *
         *     It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_inventory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vendors/{vendor_id}/low-stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a vendor's active SKUs of active products that are low, lowest stock first
         * @description It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_low_stock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Return whether units can be ordered now; nothing is reserved
         * @description The response has the lines in the order sent; in place of one without a `sku`, a line for each active
         *     SKU of the product, or one whose `sku` is null if there is none. A SKU that is inactive or unknown has
         *     0 units. The units of lines that name the same SKU are summed, as an order sums them.
         *
         *     Anybody may use it; a token is not needed, but one that is sent has to be valid.
         */
        post: operations["check_availability"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Return an order; a vendor sees its own lines alone, and the status of these
         * @description Its log records are `GET /orders/{order_id}/transactions` of the audit service.
         *
         *     It needs a token of the role admin, auditor, desk, orders or vendor. A vendor reaches only what is its own.
         */
        get: operations["get_order"];
        /**
         * Reserve an order's lines, all or none
         * @description The same order placed again, with the same lines, is returned as it is.  Another `hold_seconds` does
         *     not change its hold: `expires_at` of the response is the end of it, and `extend` makes it longer.  An
         *     order that was wholly cancelled, or has expired, reserves nothing: placed again it is refused, with
         *     the order as a member of the problem.  One of many lines that is accepted (202) and cannot be
         *     reserved in the end is `cancelled`, with `short_lines` and the `cancel_reason` `insufficient_stock`.
         *
         *     It needs a token of the role admin, desk or orders.
         */
        put: operations["place_order"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the orders whose hold, or the lease of whose command in progress, ends before a time
         * @description It needs a token of the role admin, auditor, desk or orders.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_orders_due"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Place and settle many orders; each command succeeds or fails independently
         * @description A confirm, cancel or refund is the same command as the single request with its members and its
         *     `idempotency_key` as the Idempotency-Key: whichever comes second is a replay.
         *
         *     It needs a token of the role admin, desk or orders.
         */
        post: operations["batch_orders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Extend the hold of an order
         * @description It needs a token of the role admin, desk or orders.
         *
         *     With an `Idempotency-Key`, sent again with the same key, it is executed once.
         */
        post: operations["extend_hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/amend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change what an order reserves, all of it or nothing
         * @description Each line's `quantity` is what the order is to reserve of the SKU afterwards; `asked` of a short line
         *     is the units that it adds.  A line of 0 stays, with its figures.  Confirmed units and `expires_at`
         *     stay too.  An order that would have nothing reserved and nothing confirmed is cancelled.  The lines
         *     that change are written by one transaction of 100 writes: two for each line and each part of a large
         *     order, and two more; an order of at most 49 lines does not grow beyond them.
         *
         *     It needs a token of the role admin, desk or orders.
         *
         *     It needs an `Idempotency-Key`: sent again with the same key, it is executed once. With `If-Match`, only the version that was read is changed; any other is refused with 412.
         */
        post: operations["amend_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reserve again what the last cancellation or expiry of an order released, all of it or nothing
         * @description The order reserves nothing before, but may have confirmed units.  What earlier cancellations of lines
         *     released stays cancelled.  A new hold begins.  As with `amend`, the lines are written by one
         *     transaction.
         *
         *     It needs a token of the role admin, desk or orders.
         *
         *     It needs an `Idempotency-Key`: sent again with the same key, it is executed once. With `If-Match`, only the version that was read is changed; any other is refused with 412.
         */
        post: operations["reopen_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm the reserved units of an order, all or part of them: they leave the stock
         * @description It needs a token of the role admin, desk or orders.
         *
         *     With an `Idempotency-Key`, sent again with the same key, it is executed once. The key is required with `lines`, as a repetition would do more. With `If-Match`, only the version that was read is changed; any other is refused with 412.
         */
        post: operations["confirm_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release the reserved units of an order, all or part of them
         * @description `reason` and `notes` are kept in the log, and at the lines that they concern; an order that is
         *     cancelled before it is placed has no lines, and keeps neither.  `cancel_reason` of the order says
         *     whether a client cancelled at all.  A vendor cancels its own lines, which it names.
         *
         *     It needs a token of the role admin, desk, orders or vendor. A vendor reaches only what is its own.
         *
         *     With an `Idempotency-Key`, sent again with the same key, it is executed once. The key is required with `lines`, as a repetition would do more. With `If-Match`, only the version that was read is changed; any other is refused with 412.
         */
        post: operations["cancel_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refund the confirmed units of an order, all or part of them
         * @description `reason` and `notes` are kept in the log, and at the lines that they concern.  A vendor refunds its
         *     own lines, which it names.
         *
         *     It needs a token of the role admin, desk, orders or vendor. A vendor reaches only what is its own.
         *
         *     With an `Idempotency-Key`, sent again with the same key, it is executed once. The key is required with `lines`, as a repetition would do more. With `If-Match`, only the version that was read is changed; any other is refused with 412.
         */
        post: operations["refund_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Return whether the service runs */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Return this document */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/asyncapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Return the AsyncAPI document of the service's events */
        get: operations["asyncapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Return the events of the service as a page */
        get: operations["events_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Return this document as a page */
        get: operations["reference_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/redoc.standalone.js": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Return the script of the page */
        get: operations["reference_page_program"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description The stock would fall below the units that orders have reserved.
         * @example {
         *       "type": "urn:inventory:problem:adjustment_below_reserved",
         *       "title": "The stock would fall below the reserved units",
         *       "status": 409,
         *       "code": "adjustment_below_reserved",
         *       "detail": "The stock would fall below the units that orders have reserved.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "current_stock": 50,
         *       "reserved_stock": 5,
         *       "available_stock": 45
         *     }
         */
        AdjustmentBelowReserved: {
            /** @constant */
            type: "urn:inventory:problem:adjustment_below_reserved";
            /** @constant */
            title: "The stock would fall below the reserved units";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "adjustment_below_reserved";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description Units in stock. */
            current_stock?: number;
            /** @description Units in stock that are reserved for orders. */
            reserved_stock?: number;
            /** @description Units for sale: `current_stock - reserved_stock`. */
            available_stock?: number;
        };
        /**
         * @description A signed change of the stock, or a physical count with the expected stock; and the reason.
         * @example {
         *       "quantity_change": 25,
         *       "notes": "Monthly restock shipment from warehouse"
         *     }
         */
        AdjustmentBody: {
            /** @description The change of `current_stock`. */
            quantity_change: number;
            /** @description Units counted. */
            counted_stock?: null;
            /** @description `current_stock` as the counter read it. */
            expected_stock?: null;
            /**
             * Format: utf-8-of-300-bytes
             * @description The reason; at most 300 bytes of UTF-8.
             */
            notes: string;
        } | {
            /** @description The change of `current_stock`. */
            quantity_change?: null;
            /** @description Units counted. */
            counted_stock: number;
            /** @description `current_stock` as the counter read it. */
            expected_stock: number;
            /**
             * Format: utf-8-of-300-bytes
             * @description The reason; at most 300 bytes of UTF-8.
             */
            notes: string;
        };
        /**
         * @description The units of one SKU that the order is to reserve; `sku` starts with `SKU-{product_id}-`.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "quantity": 2
         *     }
         */
        AmendedLine: {
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description Units; 0 for none. */
            quantity: number;
        };
        /**
         * @description What the order is to reserve from now on. Lines that are not named stay as they are; the quantities of one SKU are summed.
         * @example {
         *       "lines": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "quantity": 2
         *         }
         *       ]
         *     }
         */
        Amendment: {
            /** @description The order's lines, one per SKU. */
            lines: components["schemas"]["AmendedLine"][];
        };
        /**
         * @description What can be ordered now.
         * @example {
         *       "lines": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "quantity": 2,
         *           "is_available": true,
         *           "available_stock": 10
         *         }
         *       ],
         *       "all_available": true
         *     }
         */
        AvailabilityAnswer: {
            /** @description The lines of the request, one without a `sku` as one for each active SKU of its product. */
            lines: components["schemas"]["AvailableLineAnswer"][];
            /** @description Whether all lines of the response are available. */
            all_available: boolean;
        };
        /**
         * @description Units of one SKU, which starts with `SKU-{product_id}-`, or of each SKU of a product.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "quantity": 25
         *     }
         */
        AvailabilityLine: {
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku?: string | null;
            /**
             * @description The units concerned.
             * @default 1
             */
            quantity: number;
        };
        /**
         * @description What shall be ordered; at most 25 lines may lack a `sku`, of products with at most 1,000 SKUs.
         * @example {
         *       "lines": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "quantity": 2,
         *           "sku": "SKU-PROD-E4F9A-BLK-L"
         *         }
         *       ]
         *     }
         */
        AvailabilityQuestion: {
            /** @description What is asked for. */
            lines: components["schemas"]["AvailabilityLine"][];
        };
        /**
         * @description Whether units of a SKU can be ordered now; `sku` is null if no SKU of the product is offered.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "quantity": 2,
         *       "is_available": true,
         *       "available_stock": 10
         *     }
         */
        AvailableLineAnswer: {
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string | null;
            /** @description Units requested by this line. */
            quantity: number;
            /** @description Whether the units of all lines that name the SKU can be ordered together. */
            is_available: boolean;
            /** @description Units that can be ordered: exact for those who may read the SKU with its stock, for others at most 10; 0 if it is inactive or unknown. */
            available_stock: number;
        };
        /**
         * @description Commands on orders, each executed or refused independently; at most 2,000 lines in total.
         * @example {
         *       "orders": [
         *         {
         *           "order_id": "ORDER-12345",
         *           "command": "place",
         *           "lines": [
         *             {
         *               "product_id": "PROD-E4F9A",
         *               "sku": "SKU-PROD-E4F9A-BLK-L",
         *               "quantity": 25
         *             }
         *           ],
         *           "hold_seconds": 86400,
         *           "owner": "web-shop"
         *         }
         *       ]
         *     }
         */
        Batch: {
            /** @description The commands. */
            orders: components["schemas"]["BatchedOrder"][];
        };
        /**
         * @description The outcome of each command, in the sequence of the request.
         * @example {
         *       "results": [
         *         {
         *           "order_id": "ORDER-12345",
         *           "status_code": 201,
         *           "order": {
         *             "order_id": "ORDER-12345",
         *             "status": "reserved",
         *             "created_at": "2026-02-23T10:30:00.000000Z",
         *             "expires_at": "2026-02-24T14:20:00.000000Z",
         *             "cancel_reason": null,
         *             "lines": [
         *               {
         *                 "product_id": "PROD-E4F9A",
         *                 "sku": "SKU-PROD-E4F9A-BLK-L",
         *                 "vendor_id": "VENDOR-001",
         *                 "placed": 5,
         *                 "reserved": 5,
         *                 "confirmed": 0,
         *                 "cancelled": 0,
         *                 "refunded": 0,
         *                 "reason": null,
         *                 "notes": null
         *               }
         *             ]
         *           }
         *         },
         *         {
         *           "order_id": "ORDER-12345",
         *           "status_code": 404,
         *           "problem": {
         *             "type": "urn:inventory:problem:order_not_found",
         *             "title": "Order not found",
         *             "status": 404,
         *             "detail": "ORDER-12345 was not found.",
         *             "code": "order_not_found",
         *             "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *           }
         *         }
         *       ]
         *     }
         */
        BatchAnswer: {
            /** @description The result of each command, in the order sent. */
            results: (components["schemas"]["BatchedOrderDone"] | components["schemas"]["BatchedOrderRefused"])[];
        };
        /**
         * @description A restock or an adjustment of a batch, with the members of the single request. Without an `idempotency_key` it is refused, as the single request is.
         * @example {
         *       "type": "restock",
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "quantity": 25,
         *       "notes": "Monthly restock shipment from warehouse",
         *       "idempotency_key": "delivery-1"
         *     }
         */
        BatchedChange: {
            /**
             * @description What the change is.
             * @enum {string}
             */
            type: "restock";
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The units concerned. */
            quantity: number;
            /** @description The change of `current_stock`. */
            quantity_change?: null;
            /** @description Units counted. */
            counted_stock?: null;
            /** @description `current_stock` as the counter read it. */
            expected_stock?: null;
            /** @description The reason; at most 300 bytes of UTF-8. */
            notes?: string | null;
            /** @description The Idempotency-Key of the command; without one, the command alone is refused. */
            idempotency_key?: string | null;
        } | {
            /**
             * @description What the change is.
             * @enum {string}
             */
            type: "adjustment";
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The units concerned. */
            quantity?: null;
            /** @description The change of `current_stock`. */
            quantity_change: number;
            /** @description Units counted. */
            counted_stock?: null;
            /** @description `current_stock` as the counter read it. */
            expected_stock?: null;
            /**
             * Format: utf-8-of-300-bytes
             * @description The reason; at most 300 bytes of UTF-8.
             */
            notes: string;
            /** @description The Idempotency-Key of the command; without one, the command alone is refused. */
            idempotency_key?: string | null;
        } | {
            /**
             * @description What the change is.
             * @enum {string}
             */
            type: "adjustment";
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The units concerned. */
            quantity?: null;
            /** @description The change of `current_stock`. */
            quantity_change?: null;
            /** @description Units counted. */
            counted_stock: number;
            /** @description `current_stock` as the counter read it. */
            expected_stock: number;
            /**
             * Format: utf-8-of-300-bytes
             * @description The reason; at most 300 bytes of UTF-8.
             */
            notes: string;
            /** @description The Idempotency-Key of the command; without one, the command alone is refused. */
            idempotency_key?: string | null;
        };
        /**
         * @description A change of a batch that was executed, now (201) or before (200): its log record.
         * @example {
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "status_code": 201,
         *       "transaction": {
         *         "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *         "timestamp": "2026-02-23T14:20:00.000000Z",
         *         "product_id": "PROD-E4F9A",
         *         "sku": "SKU-PROD-E4F9A-BLK-L",
         *         "vendor_id": "VENDOR-001",
         *         "transaction_type": "restock",
         *         "quantity_change": 25,
         *         "stock_before": 50,
         *         "stock_after": 75,
         *         "order_id": null,
         *         "performed_by": "VENDOR-001",
         *         "notes": "Monthly restock shipment from warehouse",
         *         "sequence": 1,
         *         "quantity": 25,
         *         "reserved_before": 5,
         *         "reserved_after": 5,
         *         "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *         "form": 1,
         *         "command": "restock",
         *         "reason": null,
         *         "order_step": null,
         *         "order_previous": null,
         *         "previous_hash": "0000000000000000000000000000000000000000000000000000000000000000",
         *         "hash": "dedbe30dea5bb26dc676610ef77ecf545b9e05c74dd7987143fadd857d96c076",
         *         "signature": "Z0sMnZbT3hOaVfVYl6iBDyYtTTG2M5yXkL1Y8S0RkYQ4cJm2w8h7d9oJ5bLq3pV6nT1uE0aXrC4fKgWsHiBvDA",
         *         "key_id": "k1"
         *       }
         *     }
         */
        BatchedChangeDone: {
            /** @description The product variant that stock is kept for. */
            sku: string;
            /**
             * @description The status of the response to the single request.
             * @enum {integer}
             */
            status_code: 200 | 201;
            /** @description The log record of the change. */
            transaction: components["schemas"]["TransactionRecord"];
        };
        /**
         * @description A change of a batch that was refused.
         * @example {
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "status_code": 404,
         *       "problem": {
         *         "type": "urn:inventory:problem:sku_not_found",
         *         "title": "SKU not found",
         *         "status": 404,
         *         "detail": "SKU-PROD-E4F9A-BLK-L was not found.",
         *         "code": "sku_not_found",
         *         "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *       }
         *     }
         */
        BatchedChangeRefused: {
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The status of the response to the single request. */
            status_code: number;
            /** @description The problem document in the response to the single request. */
            problem: {
                [key: string]: unknown;
            };
        };
        /**
         * @description Units of one SKU; without `product_id`, the product is the one that the `sku` names.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "quantity": 25
         *     }
         */
        BatchedLine: {
            /** @description The product; the server generates its id. */
            product_id?: string | null;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The units concerned. */
            quantity: number;
        };
        /**
         * @description One command of a batch; confirm, cancel and refund concern the whole order if they have no `lines`. With `lines`, and once the order was settled in part, they need an `idempotency_key`, as the single request does.
         * @example {
         *       "order_id": "ORDER-12345",
         *       "command": "place",
         *       "lines": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "quantity": 25
         *         }
         *       ],
         *       "hold_seconds": 86400,
         *       "owner": "web-shop"
         *     }
         */
        BatchedOrder: {
            /** @description The order; its order system chooses the id. */
            order_id: string;
            /**
             * @description What to do with the order.
             * @default place
             * @enum {string}
             */
            command: "place";
            /** @description The order's lines, one per SKU. */
            lines: components["schemas"]["BatchedLine"][];
            /** @description How long the units stay reserved unless confirmed or cancelled. */
            hold_seconds?: number | null;
            /** @description The owner of the order: the order systems of an owner see its orders alone. */
            owner?: string | null;
            /** @description Whether refunded units go back into stock. */
            restock?: null;
            /** @description Why the units of an order were cancelled or refunded, as a word. */
            reason?: null;
            /** @description The reason; at most 300 bytes of UTF-8. */
            notes?: null;
            /** @description The Idempotency-Key of the command; without one, the command alone is refused. */
            idempotency_key?: null;
        } | {
            /** @description The order; its order system chooses the id. */
            order_id: string;
            /**
             * @description What to do with the order.
             * @enum {string}
             */
            command: "confirm";
            /** @description The order's lines, one per SKU. */
            lines?: components["schemas"]["BatchedLine"][] | null;
            /** @description How long the units stay reserved unless confirmed or cancelled. */
            hold_seconds?: null;
            /** @description The owner of the order: the order systems of an owner see its orders alone. */
            owner?: null;
            /** @description Whether refunded units go back into stock. */
            restock?: null;
            /** @description Why the units of an order were cancelled or refunded, as a word. */
            reason?: null;
            /** @description The reason; at most 300 bytes of UTF-8. */
            notes?: null;
            /** @description The Idempotency-Key of the command; without one, the command alone is refused. */
            idempotency_key?: string | null;
        } | {
            /** @description The order; its order system chooses the id. */
            order_id: string;
            /**
             * @description What to do with the order.
             * @enum {string}
             */
            command: "cancel";
            /** @description The order's lines, one per SKU. */
            lines?: components["schemas"]["BatchedLine"][] | null;
            /** @description How long the units stay reserved unless confirmed or cancelled. */
            hold_seconds?: null;
            /** @description The owner of the order: the order systems of an owner see its orders alone. */
            owner?: null;
            /** @description Whether refunded units go back into stock. */
            restock?: null;
            /** @description Why the units were cancelled or refunded, as a word. */
            reason?: string | null;
            /** @description A remark on the lines concerned; at most 120 bytes of UTF-8. The log keeps it for good: no personal data. */
            notes?: string | null;
            /** @description The Idempotency-Key of the command; without one, the command alone is refused. */
            idempotency_key?: string | null;
        } | {
            /** @description The order; its order system chooses the id. */
            order_id: string;
            /**
             * @description What to do with the order.
             * @enum {string}
             */
            command: "refund";
            /** @description The order's lines, one per SKU. */
            lines?: components["schemas"]["BatchedLine"][] | null;
            /** @description How long the units stay reserved unless confirmed or cancelled. */
            hold_seconds?: null;
            /** @description The owner of the order: the order systems of an owner see its orders alone. */
            owner?: null;
            /** @description Whether refunded units go back into stock. */
            restock?: boolean | null;
            /** @description Why the units were cancelled or refunded, as a word. */
            reason?: string | null;
            /** @description A remark on the lines concerned; at most 120 bytes of UTF-8. The log keeps it for good: no personal data. */
            notes?: string | null;
            /** @description The Idempotency-Key of the command; without one, the command alone is refused. */
            idempotency_key?: string | null;
        };
        /**
         * @description A command of a batch that was executed; 202: it has begun, and finishes by itself.
         * @example {
         *       "order_id": "ORDER-12345",
         *       "status_code": 201,
         *       "order": {
         *         "order_id": "ORDER-12345",
         *         "status": "reserved",
         *         "created_at": "2026-02-23T10:30:00.000000Z",
         *         "expires_at": "2026-02-24T14:20:00.000000Z",
         *         "cancel_reason": null,
         *         "lines": [
         *           {
         *             "product_id": "PROD-E4F9A",
         *             "sku": "SKU-PROD-E4F9A-BLK-L",
         *             "vendor_id": "VENDOR-001",
         *             "placed": 5,
         *             "reserved": 5,
         *             "confirmed": 0,
         *             "cancelled": 0,
         *             "refunded": 0,
         *             "reason": null,
         *             "notes": null
         *           }
         *         ]
         *       }
         *     }
         */
        BatchedOrderDone: {
            /** @description The order; its order system chooses the id. */
            order_id: string;
            /**
             * @description The status of the response to the single request.
             * @enum {integer}
             */
            status_code: 200 | 201 | 202;
            /** @description The order after the command. */
            order: components["schemas"]["OrderAnswer"];
        };
        /**
         * @description A command of a batch that was refused.
         * @example {
         *       "order_id": "ORDER-12345",
         *       "status_code": 404,
         *       "problem": {
         *         "type": "urn:inventory:problem:order_not_found",
         *         "title": "Order not found",
         *         "status": 404,
         *         "detail": "ORDER-12345 was not found.",
         *         "code": "order_not_found",
         *         "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *       }
         *     }
         */
        BatchedOrderRefused: {
            /** @description The order; its order system chooses the id. */
            order_id: string;
            /** @description The status of the response to the single request. */
            status_code: number;
            /** @description The problem document in the response to the single request. */
            problem: {
                [key: string]: unknown;
            };
        };
        /**
         * @description Too many writers competed for the same items for too long.
         * @example {
         *       "type": "urn:inventory:problem:busy",
         *       "title": "Too many concurrent writers",
         *       "status": 503,
         *       "code": "busy",
         *       "detail": "Too many writers competed for the same items for too long.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        Busy: {
            /** @constant */
            type: "urn:inventory:problem:busy";
            /** @constant */
            title: "Too many concurrent writers";
            /** @constant */
            status: 503;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "busy";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description Lines to cancel, of any number of the order's SKUs; without `lines`, all that is reserved. Lines of one SKU are summed. The log records of the units, and the order's lines, keep `reason` and `notes`.
         * @example {
         *       "lines": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "quantity": 5,
         *           "vendor_id": "VENDOR-001",
         *           "placed": 5,
         *           "reserved": 5,
         *           "confirmed": 0,
         *           "cancelled": 0,
         *           "refunded": 0,
         *           "reason": "customer_request",
         *           "notes": "The customer ordered twice"
         *         }
         *       ],
         *       "reason": "customer_request",
         *       "notes": "The customer ordered twice"
         *     }
         */
        Cancellation: {
            /** @description The order's lines, one per SKU. */
            lines?: components["schemas"]["SettledLine"][] | null;
            /** @description Why the units were cancelled or refunded, as a word. */
            reason?: string | null;
            /** @description A remark on the lines concerned; at most 120 bytes of UTF-8. The log keeps it for good: no personal data. */
            notes?: string | null;
        };
        /**
         * @description The stock has changed since it was counted.
         * @example {
         *       "type": "urn:inventory:problem:count_stale",
         *       "title": "The stock has changed since it was counted",
         *       "status": 409,
         *       "code": "count_stale",
         *       "detail": "The stock has changed since it was counted.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "current_stock": 50,
         *       "reserved_stock": 5,
         *       "available_stock": 45
         *     }
         */
        CountStale: {
            /** @constant */
            type: "urn:inventory:problem:count_stale";
            /** @constant */
            title: "The stock has changed since it was counted";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "count_stale";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description Units in stock. */
            current_stock?: number;
            /** @description Units in stock that are reserved for orders. */
            reserved_stock?: number;
            /** @description Units for sale: `current_stock - reserved_stock`. */
            available_stock?: number;
        };
        /**
         * @description DynamoDB throttles the service or cannot be reached.
         * @example {
         *       "type": "urn:inventory:problem:database_unavailable",
         *       "title": "The database is not available at the moment",
         *       "status": 503,
         *       "code": "database_unavailable",
         *       "detail": "DynamoDB throttles the service or cannot be reached.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        DatabaseUnavailable: {
            /** @constant */
            type: "urn:inventory:problem:database_unavailable";
            /** @constant */
            title: "The database is not available at the moment";
            /** @constant */
            status: 503;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "database_unavailable";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description How long the hold lasts, from now.
         * @example {
         *       "hold_seconds": 86400
         *     }
         */
        Extension: {
            /**
             * @description How long the units stay reserved unless confirmed or cancelled.
             * @default 86400
             */
            hold_seconds: number;
        };
        /**
         * @description One error of a request.
         * @example {
         *       "path": "body.quantity",
         *       "message": "is required"
         *     }
         */
        Fault: {
            /** @description Where the error is: `body.lines[0].quantity`, `query.limit`, `path.sku`. */
            path: string;
            /** @description What is wrong there. */
            message: string;
        };
        /**
         * @description The principal's role is not allowed to do this, or the path names another vendor.
         * @example {
         *       "type": "urn:inventory:problem:forbidden",
         *       "title": "Not allowed",
         *       "status": 403,
         *       "code": "forbidden",
         *       "detail": "The principal's role is not allowed to do this, or the path names another vendor.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        Forbidden: {
            /** @constant */
            type: "urn:inventory:problem:forbidden";
            /** @constant */
            title: "Not allowed";
            /** @constant */
            status: 403;
            /** @constant */
            code: "forbidden";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description A command that is not idempotent by itself has no Idempotency-Key.
         * @example {
         *       "type": "urn:inventory:problem:idempotency_key_required",
         *       "title": "An Idempotency-Key header is required",
         *       "status": 400,
         *       "code": "idempotency_key_required",
         *       "detail": "A command that is not idempotent by itself has no Idempotency-Key.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        IdempotencyKeyRequired: {
            /** @constant */
            type: "urn:inventory:problem:idempotency_key_required";
            /** @constant */
            title: "An Idempotency-Key header is required";
            /** @constant */
            status: 400;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "idempotency_key_required";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The Idempotency-Key was used before for another body.
         * @example {
         *       "type": "urn:inventory:problem:idempotency_key_reused",
         *       "title": "The Idempotency-Key was used for another request",
         *       "status": 422,
         *       "code": "idempotency_key_reused",
         *       "detail": "The Idempotency-Key was used before for another body.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        IdempotencyKeyReused: {
            /** @constant */
            type: "urn:inventory:problem:idempotency_key_reused";
            /** @constant */
            title: "The Idempotency-Key was used for another request";
            /** @constant */
            status: 422;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "idempotency_key_reused";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The token issuer's keys cannot be fetched.
         * @example {
         *       "type": "urn:inventory:problem:identity_unavailable",
         *       "title": "Tokens cannot be verified at the moment",
         *       "status": 503,
         *       "code": "identity_unavailable",
         *       "detail": "The token issuer's keys cannot be fetched.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        IdentityUnavailable: {
            /** @constant */
            type: "urn:inventory:problem:identity_unavailable";
            /** @constant */
            title: "Tokens cannot be verified at the moment";
            /** @constant */
            status: 503;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "identity_unavailable";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description Fewer units are available than requested.
         * @example {
         *       "type": "urn:inventory:problem:insufficient_stock",
         *       "title": "Insufficient stock",
         *       "status": 409,
         *       "code": "insufficient_stock",
         *       "detail": "Fewer units are available than requested.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "lines": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "asked": 10,
         *           "available": 3
         *         }
         *       ]
         *     }
         */
        InsufficientStock: {
            /** @constant */
            type: "urn:inventory:problem:insufficient_stock";
            /** @constant */
            title: "Insufficient stock";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "insufficient_stock";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The order's lines, one per SKU. */
            lines?: components["schemas"]["ShortLine"][];
        };
        /**
         * @description A defect of the service; its log has the request id and the cause.
         * @example {
         *       "type": "urn:inventory:problem:internal_error",
         *       "title": "Internal error",
         *       "status": 500,
         *       "code": "internal_error",
         *       "detail": "A defect of the service; its log has the request id and the cause.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        InternalError: {
            /** @constant */
            type: "urn:inventory:problem:internal_error";
            /** @constant */
            title: "Internal error";
            /** @constant */
            status: 500;
            /** @constant */
            code: "internal_error";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The cursor was not issued by this list.
         * @example {
         *       "type": "urn:inventory:problem:invalid_cursor",
         *       "title": "The cursor does not belong to this list",
         *       "status": 400,
         *       "code": "invalid_cursor",
         *       "detail": "The cursor was not issued by this list.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        InvalidCursor: {
            /** @constant */
            type: "urn:inventory:problem:invalid_cursor";
            /** @constant */
            title: "The cursor does not belong to this list";
            /** @constant */
            status: 400;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "invalid_cursor";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The path or the query is not UTF-8, or contains the character that replaces what is not (U+FFFD).
         * @example {
         *       "type": "urn:inventory:problem:invalid_encoding",
         *       "title": "The request address is not UTF-8",
         *       "status": 400,
         *       "code": "invalid_encoding",
         *       "detail": "The path or the query is not UTF-8, or contains the character that replaces what is not (U+FFFD).",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        InvalidEncoding: {
            /** @constant */
            type: "urn:inventory:problem:invalid_encoding";
            /** @constant */
            title: "The request address is not UTF-8";
            /** @constant */
            status: 400;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "invalid_encoding";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The Idempotency-Key is empty, too long, or contains characters other than printable ASCII.
         * @example {
         *       "type": "urn:inventory:problem:invalid_idempotency_key",
         *       "title": "The Idempotency-Key is not valid",
         *       "status": 400,
         *       "code": "invalid_idempotency_key",
         *       "detail": "The Idempotency-Key is empty, too long, or contains characters other than printable ASCII.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        InvalidIdempotencyKey: {
            /** @constant */
            type: "urn:inventory:problem:invalid_idempotency_key";
            /** @constant */
            title: "The Idempotency-Key is not valid";
            /** @constant */
            status: 400;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "invalid_idempotency_key";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description Parameters or body are not valid.
         * @example {
         *       "type": "urn:inventory:problem:invalid_input",
         *       "title": "The request is not valid",
         *       "status": 422,
         *       "code": "invalid_input",
         *       "detail": "Parameters or body are not valid.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "errors": [
         *         {
         *           "path": "body.quantity",
         *           "message": "is required"
         *         }
         *       ]
         *     }
         */
        InvalidInput: {
            /** @constant */
            type: "urn:inventory:problem:invalid_input";
            /** @constant */
            title: "The request is not valid";
            /** @constant */
            status: 422;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "invalid_input";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description All errors of the request, at most 100. */
            errors?: components["schemas"]["Fault"][];
        };
        /**
         * @description The body is not JSON (RFC 8259).
         * @example {
         *       "type": "urn:inventory:problem:invalid_json",
         *       "title": "The request body is not JSON",
         *       "status": 400,
         *       "code": "invalid_json",
         *       "detail": "The body is not JSON (RFC 8259).",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        InvalidJson: {
            /** @constant */
            type: "urn:inventory:problem:invalid_json";
            /** @constant */
            title: "The request body is not JSON";
            /** @constant */
            status: 400;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "invalid_json";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The key that signs stock changes, or the published keys that verify them, cannot be read.
         * @example {
         *       "type": "urn:inventory:problem:ledger_key_unavailable",
         *       "title": "The ledger's keys are not available at the moment",
         *       "status": 503,
         *       "code": "ledger_key_unavailable",
         *       "detail": "The key that signs stock changes, or the published keys that verify them, cannot be read.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        LedgerKeyUnavailable: {
            /** @constant */
            type: "urn:inventory:problem:ledger_key_unavailable";
            /** @constant */
            title: "The ledger's keys are not available at the moment";
            /** @constant */
            status: 503;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "ledger_key_unavailable";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description What to reserve, and for how long; lines of one SKU are summed, to at most 1,000,000 units. Only callers who see the orders of all owners may name an `owner`; it is `default` if they name none.
         * @example {
         *       "lines": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "quantity": 5
         *         }
         *       ],
         *       "hold_seconds": 86400,
         *       "owner": "web-shop"
         *     }
         */
        NewOrder: {
            /** @description The order's lines, one per SKU. */
            lines: components["schemas"]["OrderLineBody"][];
            /**
             * @description How long the units stay reserved unless confirmed or cancelled.
             * @default 86400
             */
            hold_seconds: number;
            /** @description The owner of the order: the order systems of an owner see its orders alone. */
            owner?: string | null;
        };
        /**
         * @description A variant of a product to be created.
         * @example {
         *       "variant_name": "Black - Large",
         *       "variant_attributes": {
         *         "color": "Black",
         *         "size": "Large"
         *       },
         *       "unit_price": 89.99,
         *       "reorder_threshold": 10,
         *       "barcode": "4006381333931",
         *       "sku": "SKU-PROD-E4F9A-BLK-L"
         *     }
         */
        NewSku: {
            /** @description Display name of the variant. */
            variant_name: string;
            /** @description Characteristics of the variant. */
            variant_attributes?: {
                [key: string]: string;
            } | null;
            /** @description Price of this variant. */
            unit_price: number;
            /** @description The stock at or below which the SKU is low. */
            reorder_threshold: number;
            /** @description What a scanner reads: a GTIN of 8, 12, 13 or 14 digits with its check digit, or another code. Several SKUs may have the same. */
            barcode?: string | null;
            /** @description The product variant that stock is kept for. */
            sku: string;
        };
        /**
         * @description The order reserves units, or no cancellation or expiry has released any since it was last reopened.
         * @example {
         *       "type": "urn:inventory:problem:not_reopenable",
         *       "title": "There is nothing to reopen",
         *       "status": 409,
         *       "code": "not_reopenable",
         *       "detail": "The order reserves units, or no cancellation or expiry has released any since it was last reopened.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        NotReopenable: {
            /** @constant */
            type: "urn:inventory:problem:not_reopenable";
            /** @constant */
            title: "There is nothing to reopen";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "not_reopenable";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description An order; one that was cancelled before it was placed, or could not be reserved, has no lines.
         * @example {
         *       "order_id": "ORDER-12345",
         *       "status": "reserved",
         *       "created_at": "2026-02-23T10:30:00.000000Z",
         *       "expires_at": "2026-02-24T14:20:00.000000Z",
         *       "cancel_reason": null,
         *       "lines": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "vendor_id": "VENDOR-001",
         *           "placed": 5,
         *           "reserved": 5,
         *           "confirmed": 0,
         *           "cancelled": 0,
         *           "refunded": 0,
         *           "reason": null,
         *           "notes": null
         *         }
         *       ]
         *     }
         */
        OrderAnswer: {
            /** @description The order; its order system chooses the id. */
            order_id: string;
            /** @description The state of the order. */
            status: components["schemas"]["OrderStatus"];
            /**
             * Format: date-time
             * @description When it was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When the hold ends and reserved units are released.
             */
            expires_at: string | null;
            /**
             * @description Why the order was cancelled: by request, because its hold expired, or because it was accepted and then could not be reserved.
             * @enum {string|null}
             */
            cancel_reason: "requested" | "expired" | "insufficient_stock" | null;
            /** @description The order's lines, one per SKU. */
            lines: components["schemas"]["OrderLineAnswer"][];
            /** @description The lines for want of which an order could not be reserved that had been accepted. */
            short_lines?: components["schemas"]["ShortLineAnswer"][];
        };
        /**
         * @description The order was cancelled and reserves nothing.
         * @example {
         *       "type": "urn:inventory:problem:order_cancelled",
         *       "title": "The order is cancelled",
         *       "status": 409,
         *       "code": "order_cancelled",
         *       "detail": "The order was cancelled and reserves nothing.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "order": {
         *         "order_id": "ORDER-12345",
         *         "status": "cancelled"
         *       }
         *     }
         */
        OrderCancelled: {
            /** @constant */
            type: "urn:inventory:problem:order_cancelled";
            /** @constant */
            title: "The order is cancelled";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "order_cancelled";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The order as it is, where it was to be placed again. */
            order?: {
                [key: string]: unknown;
            };
        };
        /**
         * @description The order's units have left the stock; only a refund returns them.
         * @example {
         *       "type": "urn:inventory:problem:order_confirmed",
         *       "title": "The order is confirmed",
         *       "status": 409,
         *       "code": "order_confirmed",
         *       "detail": "The order's units have left the stock; only a refund returns them.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        OrderConfirmed: {
            /** @constant */
            type: "urn:inventory:problem:order_confirmed";
            /** @constant */
            title: "The order is confirmed";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "order_confirmed";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description What is stored of the order was not written by the service: nothing is done with it.
         * @example {
         *       "type": "urn:inventory:problem:order_damaged",
         *       "title": "The stored order was not written by the service",
         *       "status": 409,
         *       "code": "order_damaged",
         *       "detail": "What is stored of the order was not written by the service: nothing is done with it.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        OrderDamaged: {
            /** @constant */
            type: "urn:inventory:problem:order_damaged";
            /** @constant */
            title: "The stored order was not written by the service";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "order_damaged";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description An order with this id exists with other lines.
         * @example {
         *       "type": "urn:inventory:problem:order_exists",
         *       "title": "The order already exists with other lines",
         *       "status": 409,
         *       "code": "order_exists",
         *       "detail": "An order with this id exists with other lines.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        OrderExists: {
            /** @constant */
            type: "urn:inventory:problem:order_exists";
            /** @constant */
            title: "The order already exists with other lines";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "order_exists";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description Another command on the order has begun and has not finished.
         * @example {
         *       "type": "urn:inventory:problem:order_in_progress",
         *       "title": "Another command on the order is in progress",
         *       "status": 409,
         *       "code": "order_in_progress",
         *       "detail": "Another command on the order has begun and has not finished.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        OrderInProgress: {
            /** @constant */
            type: "urn:inventory:problem:order_in_progress";
            /** @constant */
            title: "Another command on the order is in progress";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "order_in_progress";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description One SKU of an order, in units: always `placed = reserved + confirmed + cancelled`.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "vendor_id": "VENDOR-001",
         *       "placed": 5,
         *       "reserved": 5,
         *       "confirmed": 0,
         *       "cancelled": 0,
         *       "refunded": 0,
         *       "reason": null,
         *       "notes": null
         *     }
         */
        OrderLineAnswer: {
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The vendor that owns it. */
            vendor_id: string;
            /** @description Units ordered; 0 while the order is being placed without them. */
            placed: number;
            /** @description Units that are reserved for the order. */
            reserved: number;
            /** @description Units that have left the stock. */
            confirmed: number;
            /** @description Units that were released before they left the stock. */
            cancelled: number;
            /** @description Confirmed units that came back. */
            refunded: number;
            /** @description The `reason` of the last cancel or refund of the line's units by a client. */
            reason: string | null;
            /** @description The `notes` of the same command. */
            notes: string | null;
        };
        /**
         * @description Units of one SKU; `sku` starts with `SKU-{product_id}-`.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "quantity": 5
         *     }
         */
        OrderLineBody: {
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The units concerned. */
            quantity: number;
        };
        /**
         * @description The order does not exist.
         * @example {
         *       "type": "urn:inventory:problem:order_not_found",
         *       "title": "Order not found",
         *       "status": 404,
         *       "code": "order_not_found",
         *       "detail": "The order does not exist.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        OrderNotFound: {
            /** @constant */
            type: "urn:inventory:problem:order_not_found";
            /** @constant */
            title: "Order not found";
            /** @constant */
            status: 404;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "order_not_found";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The status of an order; derived from its lines and its saga, never stored.
         * @enum {string}
         */
        OrderStatus: "placing" | "releasing" | "confirming" | "cancelling" | "refunding" | "reserved" | "confirmed" | "partially_confirmed" | "cancelled" | "refunded" | "partially_refunded";
        /**
         * @description The command may have been executed; the same request, with the same order id or key, finds out.
         * @example {
         *       "type": "urn:inventory:problem:outcome_unknown",
         *       "title": "The outcome is not known",
         *       "status": 503,
         *       "code": "outcome_unknown",
         *       "detail": "The command may have been executed; the same request, with the same order id or key, finds out.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        OutcomeUnknown: {
            /** @constant */
            type: "urn:inventory:problem:outcome_unknown";
            /** @constant */
            title: "The outcome is not known";
            /** @constant */
            status: 503;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "outcome_unknown";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description A page of a list.
         * @example {
         *       "items": [
         *         {
         *           "order_id": "ORDER-12345",
         *           "status": "reserved",
         *           "created_at": "2026-02-23T10:30:00.000000Z",
         *           "expires_at": "2026-02-24T14:20:00.000000Z",
         *           "cancel_reason": null,
         *           "lines": [
         *             {
         *               "product_id": "PROD-E4F9A",
         *               "sku": "SKU-PROD-E4F9A-BLK-L",
         *               "vendor_id": "VENDOR-001",
         *               "placed": 5,
         *               "reserved": 5,
         *               "confirmed": 0,
         *               "cancelled": 0,
         *               "refunded": 0,
         *               "reason": null,
         *               "notes": null
         *             }
         *           ]
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        PageOfOrderAnswer: {
            /** @description The items of the page; an empty page need not be the last. */
            items: components["schemas"]["OrderAnswer"][];
            /** @description `cursor` of the next page; null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @description A page of a list.
         * @example {
         *       "items": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "vendor_id": "VENDOR-001",
         *           "variant_name": "Black - Large",
         *           "variant_attributes": {
         *             "color": "Black",
         *             "size": "Large"
         *           },
         *           "current_stock": 50,
         *           "reserved_stock": 5,
         *           "reorder_threshold": 10,
         *           "unit_price": 89.99,
         *           "last_updated": "2026-02-23T14:20:00.000000Z",
         *           "last_updated_by": "VENDOR-001",
         *           "is_active": true,
         *           "sequence": 0,
         *           "ledger_hash": "0000000000000000000000000000000000000000000000000000000000000000",
         *           "version": 1,
         *           "last_transaction_at": null,
         *           "last_transaction_id": null,
         *           "product_is_active": true,
         *           "product_version": 1,
         *           "details_version": 1,
         *           "barcode": "4006381333931",
         *           "available_stock": 45,
         *           "low_stock_flag": false
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        PageOfSelectedSku: {
            /** @description The items of the page; an empty page need not be the last. */
            items: (components["schemas"]["Sku"] | components["schemas"]["SelectedSku"])[];
            /** @description `cursor` of the next page; null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @description A page of a list.
         * @example {
         *       "items": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "vendor_id": "VENDOR-001",
         *           "variant_name": "Black - Large",
         *           "variant_attributes": {
         *             "color": "Black",
         *             "size": "Large"
         *           },
         *           "current_stock": 50,
         *           "reserved_stock": 5,
         *           "reorder_threshold": 10,
         *           "unit_price": 89.99,
         *           "last_updated": "2026-02-23T14:20:00.000000Z",
         *           "last_updated_by": "VENDOR-001",
         *           "is_active": true,
         *           "sequence": 0,
         *           "ledger_hash": "0000000000000000000000000000000000000000000000000000000000000000",
         *           "version": 1,
         *           "last_transaction_at": null,
         *           "last_transaction_id": null,
         *           "product_is_active": true,
         *           "product_version": 1,
         *           "details_version": 1,
         *           "barcode": "4006381333931",
         *           "available_stock": 45,
         *           "low_stock_flag": false
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        PageOfSku: {
            /** @description The items of the page; an empty page need not be the last. */
            items: components["schemas"]["Sku"][];
            /** @description `cursor` of the next page; null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @description If-Match names another version than the current one.
         * @example {
         *       "type": "urn:inventory:problem:precondition_failed",
         *       "title": "The resource has changed",
         *       "status": 412,
         *       "code": "precondition_failed",
         *       "detail": "If-Match names another version than the current one.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        PreconditionFailed: {
            /** @constant */
            type: "urn:inventory:problem:precondition_failed";
            /** @constant */
            title: "The resource has changed";
            /** @constant */
            status: 412;
            /** @constant */
            code: "precondition_failed";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The product is deactivated.
         * @example {
         *       "type": "urn:inventory:problem:product_inactive",
         *       "title": "The product is deactivated",
         *       "status": 409,
         *       "code": "product_inactive",
         *       "detail": "The product is deactivated.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "product_id": "PROD-E4F9A"
         *     }
         */
        ProductInactive: {
            /** @constant */
            type: "urn:inventory:problem:product_inactive";
            /** @constant */
            title: "The product is deactivated";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "product_inactive";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The product; the server generates its id. */
            product_id?: string;
        };
        /**
         * @description The product does not exist, or belongs to another vendor.
         * @example {
         *       "type": "urn:inventory:problem:product_not_found",
         *       "title": "Product not found",
         *       "status": 404,
         *       "code": "product_not_found",
         *       "detail": "The product does not exist, or belongs to another vendor.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        ProductNotFound: {
            /** @constant */
            type: "urn:inventory:problem:product_not_found";
            /** @constant */
            title: "Product not found";
            /** @constant */
            status: 404;
            /** @constant */
            code: "product_not_found";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description More units were to be confirmed or cancelled than the order has reserved.
         * @example {
         *       "type": "urn:inventory:problem:quantity_exceeds_reserved",
         *       "title": "The order has reserved fewer units",
         *       "status": 409,
         *       "code": "quantity_exceeds_reserved",
         *       "detail": "More units were to be confirmed or cancelled than the order has reserved.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "lines": [
         *         {
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "asked": 10,
         *           "reserved": 5
         *         }
         *       ]
         *     }
         */
        QuantityExceedsReserved: {
            /** @constant */
            type: "urn:inventory:problem:quantity_exceeds_reserved";
            /** @constant */
            title: "The order has reserved fewer units";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "quantity_exceeds_reserved";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The order's lines, one per SKU. */
            lines?: components["schemas"]["UnreservedLine"][];
        };
        /**
         * @description Lines to refund; without `lines`, all that is left. With `restock`, the units return to the stock. Lines of one SKU are summed, and have the same `restock`. The log records of the units, and the order's lines, keep `reason` and `notes`.
         * @example {
         *       "lines": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "quantity": 25,
         *           "vendor_id": "VENDOR-001",
         *           "placed": 5,
         *           "reserved": 5,
         *           "confirmed": 0,
         *           "cancelled": 0,
         *           "refunded": 0,
         *           "reason": "customer_request",
         *           "notes": "The customer ordered twice",
         *           "restock": true
         *         }
         *       ],
         *       "restock": true,
         *       "reason": "customer_request",
         *       "notes": "The customer ordered twice"
         *     }
         */
        Refund: {
            /** @description The order's lines, one per SKU. */
            lines?: components["schemas"]["RefundedLine"][] | null;
            /**
             * @description Whether refunded units go back into stock.
             * @default true
             */
            restock: boolean;
            /** @description Why the units were cancelled or refunded, as a word. */
            reason?: string | null;
            /** @description A remark on the lines concerned; at most 120 bytes of UTF-8. The log keeps it for good: no personal data. */
            notes?: string | null;
        };
        /**
         * @description More units were to be refunded than were confirmed and not yet refunded.
         * @example {
         *       "type": "urn:inventory:problem:refund_exceeds_confirmed",
         *       "title": "The order has fewer units to refund",
         *       "status": 409,
         *       "code": "refund_exceeds_confirmed",
         *       "detail": "More units were to be refunded than were confirmed and not yet refunded.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "lines": [
         *         {
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "asked": 10,
         *           "refundable": 3
         *         }
         *       ]
         *     }
         */
        RefundExceedsConfirmed: {
            /** @constant */
            type: "urn:inventory:problem:refund_exceeds_confirmed";
            /** @constant */
            title: "The order has fewer units to refund";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "refund_exceeds_confirmed";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The order's lines, one per SKU. */
            lines?: components["schemas"]["UnrefundableLine"][];
        };
        /**
         * @description Units of one SKU to refund; `restock` is that of the whole request unless the line has its own. A line of an order that was read may be sent back with a `quantity`: what else it contains has to be as it is in the order now.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "quantity": 25,
         *       "vendor_id": "VENDOR-001",
         *       "placed": 5,
         *       "reserved": 5,
         *       "confirmed": 0,
         *       "cancelled": 0,
         *       "refunded": 0,
         *       "reason": "customer_request",
         *       "notes": "The customer ordered twice",
         *       "restock": true
         *     }
         */
        RefundedLine: {
            /** @description The product; the server generates its id. */
            product_id?: string | null;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The units concerned. */
            quantity: number;
            /** @description The vendor that owns it. */
            vendor_id?: string | null;
            /** @description Units ordered; 0 while the order is being placed without them. */
            placed?: number | null;
            /** @description Units that are reserved for the order. */
            reserved?: number | null;
            /** @description Units that have left the stock. */
            confirmed?: number | null;
            /** @description Units that were released before they left the stock. */
            cancelled?: number | null;
            /** @description Confirmed units that came back. */
            refunded?: number | null;
            /** @description Why the units were cancelled or refunded, as a word. */
            reason?: string | null;
            /** @description A remark on the lines concerned; at most 120 bytes of UTF-8. The log keeps it for good: no personal data. */
            notes?: string | null;
            /** @description Whether refunded units go back into stock. */
            restock?: boolean | null;
        };
        /**
         * @description How long the units are reserved again, from now.
         * @example {
         *       "hold_seconds": 86400
         *     }
         */
        Reopening: {
            /**
             * @description How long the units stay reserved unless confirmed or cancelled.
             * @default 86400
             */
            hold_seconds: number;
        };
        /**
         * @description The hold expired before the order was confirmed.
         * @example {
         *       "type": "urn:inventory:problem:reservation_expired",
         *       "title": "The reservation has expired",
         *       "status": 409,
         *       "code": "reservation_expired",
         *       "detail": "The hold expired before the order was confirmed.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "order": {
         *         "order_id": "ORDER-12345",
         *         "status": "cancelled"
         *       }
         *     }
         */
        ReservationExpired: {
            /** @constant */
            type: "urn:inventory:problem:reservation_expired";
            /** @constant */
            title: "The reservation has expired";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "reservation_expired";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The order as it is, where it was to be placed again. */
            order?: {
                [key: string]: unknown;
            };
        };
        /**
         * @description A delivery of units.
         * @example {
         *       "quantity": 25,
         *       "notes": "Monthly restock shipment from warehouse"
         *     }
         */
        RestockBody: {
            /** @description The units concerned. */
            quantity: number;
            /** @description The reason; at most 300 bytes of UTF-8. */
            notes?: string | null;
        };
        /**
         * @description The members of Sku that `fields` names.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L"
         *     }
         */
        SelectedSku: {
            /** @description The product; the server generates its id. */
            product_id?: string;
            /** @description The product variant that stock is kept for. */
            sku?: string;
            /** @description The vendor that owns it. */
            vendor_id?: string;
            /** @description Display name of the variant. */
            variant_name?: string;
            /** @description Characteristics of the variant. */
            variant_attributes?: {
                [key: string]: string;
            } | null;
            /** @description Units in stock. */
            current_stock?: number;
            /** @description Units in stock that are reserved for orders. */
            reserved_stock?: number;
            /** @description The stock at or below which the SKU is low. */
            reorder_threshold?: number;
            /** @description Price of this variant. */
            unit_price?: number;
            /**
             * Format: date-time
             * @description When it was last changed, its stock included.
             */
            last_updated?: string;
            /** @description Who changed it last. */
            last_updated_by?: string;
            /** @description Whether it is offered; DELETE only sets this to false. */
            is_active?: boolean;
            /** @description Counts the SKU's log records, from 1 without a gap. */
            sequence?: number;
            /** @description `hash` of the last log record. */
            ledger_hash?: string;
            /** @description Counts every change, also of the stock. */
            version?: number;
            /**
             * Format: date-time
             * @description When the last log record was written.
             */
            last_transaction_at?: string | null;
            /** @description The last log record. */
            last_transaction_id?: string | null;
            /** @description Whether the product is active, as of `product_version`. */
            product_is_active?: boolean;
            /** @description The last version of the product that the SKU was updated from. */
            product_version?: number;
            /** @description Counts changes of the attributes that PATCH and DELETE may change; the ETag. */
            details_version?: number;
            /** @description What a scanner reads: a GTIN of 8, 12, 13 or 14 digits with its check digit, or another code. Several SKUs may have the same. */
            barcode?: string | null;
            /** @description Units for sale: `current_stock - reserved_stock`. */
            available_stock?: number;
            /** @description Whether `current_stock <= reorder_threshold`. */
            low_stock_flag?: boolean;
        };
        /**
         * @description Units of one SKU to settle. A line of an order that was read may be sent back with a `quantity`: what else it contains has to be as it is in the order now.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "quantity": 5,
         *       "vendor_id": "VENDOR-001",
         *       "placed": 5,
         *       "reserved": 5,
         *       "confirmed": 0,
         *       "cancelled": 0,
         *       "refunded": 0,
         *       "reason": "customer_request",
         *       "notes": "The customer ordered twice"
         *     }
         */
        SettledLine: {
            /** @description The product; the server generates its id. */
            product_id?: string | null;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The units concerned. */
            quantity: number;
            /** @description The vendor that owns it. */
            vendor_id?: string | null;
            /** @description Units ordered; 0 while the order is being placed without them. */
            placed?: number | null;
            /** @description Units that are reserved for the order. */
            reserved?: number | null;
            /** @description Units that have left the stock. */
            confirmed?: number | null;
            /** @description Units that were released before they left the stock. */
            cancelled?: number | null;
            /** @description Confirmed units that came back. */
            refunded?: number | null;
            /** @description Why the units were cancelled or refunded, as a word. */
            reason?: string | null;
            /** @description A remark on the lines concerned; at most 120 bytes of UTF-8. The log keeps it for good: no personal data. */
            notes?: string | null;
        };
        /**
         * @description Lines to settle, of any number of the order's SKUs; without `lines`, all that is left. Lines of one SKU are summed.
         * @example {
         *       "lines": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "quantity": 5,
         *           "vendor_id": "VENDOR-001",
         *           "placed": 5,
         *           "reserved": 5,
         *           "confirmed": 0,
         *           "cancelled": 0,
         *           "refunded": 0,
         *           "reason": "customer_request",
         *           "notes": "The customer ordered twice"
         *         }
         *       ]
         *     }
         */
        Settlement: {
            /** @description The order's lines, one per SKU. */
            lines?: components["schemas"]["SettledLine"][] | null;
        };
        /**
         * @description A line for which the available stock is insufficient.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "asked": 10,
         *       "available": 3
         *     }
         */
        ShortLine: {
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description Units requested. */
            asked: number;
            /** @description Units available. */
            available: number;
        };
        /**
         * @description A line that could not be reserved: units requested, and available.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "asked": 10,
         *       "available": 3
         *     }
         */
        ShortLineAnswer: {
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description Units requested. */
            asked: number;
            /** @description Units available. */
            available: number;
        };
        /**
         * @description A variant of a product with its stock in units, under the attribute names of the specification.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "vendor_id": "VENDOR-001",
         *       "variant_name": "Black - Large",
         *       "variant_attributes": {
         *         "color": "Black",
         *         "size": "Large"
         *       },
         *       "current_stock": 50,
         *       "reserved_stock": 5,
         *       "reorder_threshold": 10,
         *       "unit_price": 89.99,
         *       "last_updated": "2026-02-23T14:20:00.000000Z",
         *       "last_updated_by": "VENDOR-001",
         *       "is_active": true,
         *       "sequence": 0,
         *       "ledger_hash": "0000000000000000000000000000000000000000000000000000000000000000",
         *       "version": 1,
         *       "last_transaction_at": null,
         *       "last_transaction_id": null,
         *       "product_is_active": true,
         *       "product_version": 1,
         *       "details_version": 1,
         *       "barcode": "4006381333931",
         *       "available_stock": 45,
         *       "low_stock_flag": false
         *     }
         */
        Sku: {
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The vendor that owns it. */
            vendor_id: string;
            /** @description Display name of the variant. */
            variant_name: string;
            /** @description Characteristics of the variant. */
            variant_attributes: {
                [key: string]: string;
            } | null;
            /** @description Units in stock. */
            current_stock: number;
            /** @description Units in stock that are reserved for orders. */
            reserved_stock: number;
            /** @description The stock at or below which the SKU is low. */
            reorder_threshold: number;
            /** @description Price of this variant. */
            unit_price: number;
            /**
             * Format: date-time
             * @description When it was last changed, its stock included.
             */
            last_updated: string;
            /** @description Who changed it last. */
            last_updated_by: string;
            /** @description Whether it is offered; DELETE only sets this to false. */
            is_active: boolean;
            /** @description Counts the SKU's log records, from 1 without a gap. */
            sequence: number;
            /** @description `hash` of the last log record. */
            ledger_hash: string;
            /** @description Counts every change, also of the stock. */
            version: number;
            /**
             * Format: date-time
             * @description When the last log record was written.
             */
            last_transaction_at: string | null;
            /** @description The last log record. */
            last_transaction_id: string | null;
            /** @description Whether the product is active, as of `product_version`. */
            product_is_active: boolean;
            /** @description The last version of the product that the SKU was updated from. */
            product_version: number;
            /** @description Counts changes of the attributes that PATCH and DELETE may change; the ETag. */
            details_version: number;
            /** @description What a scanner reads: a GTIN of 8, 12, 13 or 14 digits with its check digit, or another code. Several SKUs may have the same. */
            barcode: string | null;
            /** @description Units for sale: `current_stock - reserved_stock`. */
            available_stock: number;
            /** @description Whether `current_stock <= reorder_threshold`. */
            low_stock_flag: boolean;
        };
        /**
         * @description A SKU with this id already exists.
         * @example {
         *       "type": "urn:inventory:problem:sku_exists",
         *       "title": "The SKU already exists",
         *       "status": 409,
         *       "code": "sku_exists",
         *       "detail": "A SKU with this id already exists.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        SkuExists: {
            /** @constant */
            type: "urn:inventory:problem:sku_exists";
            /** @constant */
            title: "The SKU already exists";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "sku_exists";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The SKU is deactivated.
         * @example {
         *       "type": "urn:inventory:problem:sku_inactive",
         *       "title": "The SKU is deactivated",
         *       "status": 409,
         *       "code": "sku_inactive",
         *       "detail": "The SKU is deactivated.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L"
         *     }
         */
        SkuInactive: {
            /** @constant */
            type: "urn:inventory:problem:sku_inactive";
            /** @constant */
            title: "The SKU is deactivated";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "sku_inactive";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The product; the server generates its id. */
            product_id?: string;
            /** @description The product variant that stock is kept for. */
            sku?: string;
        };
        /**
         * @description The SKU does not exist, or belongs to another vendor.
         * @example {
         *       "type": "urn:inventory:problem:sku_not_found",
         *       "title": "SKU not found",
         *       "status": 404,
         *       "code": "sku_not_found",
         *       "detail": "The SKU does not exist, or belongs to another vendor.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "skus": [
         *         "SKU-PROD-E4F9A-BLK-L"
         *       ]
         *     }
         */
        SkuNotFound: {
            /** @constant */
            type: "urn:inventory:problem:sku_not_found";
            /** @constant */
            title: "SKU not found";
            /** @constant */
            status: 404;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "sku_not_found";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The SKUs that were not found. */
            skus?: string[];
        };
        /**
         * @description Changes of a SKU: absent members stay unchanged, null removes an optional attribute. At most 20 variant attributes in total, including those that stay.
         * @example {
         *       "variant_name": "Black - Large",
         *       "variant_attributes": {
         *         "color": "Black",
         *         "size": "Large"
         *       },
         *       "reorder_threshold": 10,
         *       "unit_price": 89.99,
         *       "is_active": true,
         *       "barcode": "4006381333931"
         *     }
         */
        SkuPatch: {
            /** @description Display name of the variant. */
            variant_name?: string;
            /** @description Characteristics of the variant. */
            variant_attributes?: {
                [key: string]: string | null;
            } | null;
            /** @description The stock at or below which the SKU is low. */
            reorder_threshold?: number;
            /** @description Price of this variant. */
            unit_price?: number;
            /** @description Whether it is offered; DELETE only sets this to false. */
            is_active?: boolean;
            /** @description What a scanner reads: a GTIN of 8, 12, 13 or 14 digits with its check digit, or another code. Several SKUs may have the same. */
            barcode?: string | null;
        };
        /**
         * @description Restocks and adjustments, each executed or refused independently.
         * @example {
         *       "changes": [
         *         {
         *           "type": "restock",
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "quantity": 25,
         *           "notes": "Monthly restock shipment from warehouse",
         *           "idempotency_key": "delivery-1"
         *         }
         *       ]
         *     }
         */
        StockBatch: {
            /** @description The changes of the stock. */
            changes: components["schemas"]["BatchedChange"][];
        };
        /**
         * @description The outcome of each change, in the sequence of the request.
         * @example {
         *       "results": [
         *         {
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "status_code": 201,
         *           "transaction": {
         *             "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *             "timestamp": "2026-02-23T14:20:00.000000Z",
         *             "product_id": "PROD-E4F9A",
         *             "sku": "SKU-PROD-E4F9A-BLK-L",
         *             "vendor_id": "VENDOR-001",
         *             "transaction_type": "restock",
         *             "quantity_change": 25,
         *             "stock_before": 50,
         *             "stock_after": 75,
         *             "order_id": null,
         *             "performed_by": "VENDOR-001",
         *             "notes": "Monthly restock shipment from warehouse",
         *             "sequence": 1,
         *             "quantity": 25,
         *             "reserved_before": 5,
         *             "reserved_after": 5,
         *             "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *             "form": 1,
         *             "command": "restock",
         *             "reason": null,
         *             "order_step": null,
         *             "order_previous": null,
         *             "previous_hash": "0000000000000000000000000000000000000000000000000000000000000000",
         *             "hash": "dedbe30dea5bb26dc676610ef77ecf545b9e05c74dd7987143fadd857d96c076",
         *             "signature": "Z0sMnZbT3hOaVfVYl6iBDyYtTTG2M5yXkL1Y8S0RkYQ4cJm2w8h7d9oJ5bLq3pV6nT1uE0aXrC4fKgWsHiBvDA",
         *             "key_id": "k1"
         *           }
         *         },
         *         {
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "status_code": 404,
         *           "problem": {
         *             "type": "urn:inventory:problem:sku_not_found",
         *             "title": "SKU not found",
         *             "status": 404,
         *             "detail": "SKU-PROD-E4F9A-BLK-L was not found.",
         *             "code": "sku_not_found",
         *             "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *           }
         *         }
         *       ]
         *     }
         */
        StockBatchAnswer: {
            /** @description The result of each command, in the order sent. */
            results: (components["schemas"]["BatchedChangeDone"] | components["schemas"]["BatchedChangeRefused"])[];
        };
        /**
         * @description A change of a SKU's stock: its log record, and the SKU after it.
         * @example {
         *       "transaction": {
         *         "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *         "timestamp": "2026-02-23T14:20:00.000000Z",
         *         "product_id": "PROD-E4F9A",
         *         "sku": "SKU-PROD-E4F9A-BLK-L",
         *         "vendor_id": "VENDOR-001",
         *         "transaction_type": "restock",
         *         "quantity_change": 25,
         *         "stock_before": 50,
         *         "stock_after": 75,
         *         "order_id": null,
         *         "performed_by": "VENDOR-001",
         *         "notes": "Monthly restock shipment from warehouse",
         *         "sequence": 1,
         *         "quantity": 25,
         *         "reserved_before": 5,
         *         "reserved_after": 5,
         *         "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *         "form": 1,
         *         "command": "restock",
         *         "reason": null,
         *         "order_step": null,
         *         "order_previous": null,
         *         "previous_hash": "0000000000000000000000000000000000000000000000000000000000000000",
         *         "hash": "dedbe30dea5bb26dc676610ef77ecf545b9e05c74dd7987143fadd857d96c076",
         *         "signature": "Z0sMnZbT3hOaVfVYl6iBDyYtTTG2M5yXkL1Y8S0RkYQ4cJm2w8h7d9oJ5bLq3pV6nT1uE0aXrC4fKgWsHiBvDA",
         *         "key_id": "k1"
         *       },
         *       "sku": {
         *         "product_id": "PROD-E4F9A",
         *         "sku": "SKU-PROD-E4F9A-BLK-L",
         *         "vendor_id": "VENDOR-001",
         *         "variant_name": "Black - Large",
         *         "variant_attributes": {
         *           "color": "Black",
         *           "size": "Large"
         *         },
         *         "current_stock": 75,
         *         "reserved_stock": 5,
         *         "reorder_threshold": 10,
         *         "unit_price": 89.99,
         *         "last_updated": "2026-02-23T14:20:00.000000Z",
         *         "last_updated_by": "VENDOR-001",
         *         "is_active": true,
         *         "sequence": 1,
         *         "ledger_hash": "0000000000000000000000000000000000000000000000000000000000000000",
         *         "version": 2,
         *         "last_transaction_at": "2026-02-23T14:20:00.000000Z",
         *         "last_transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *         "product_is_active": true,
         *         "product_version": 1,
         *         "details_version": 1,
         *         "barcode": "4006381333931",
         *         "available_stock": 70,
         *         "low_stock_flag": false
         *       }
         *     }
         */
        StockChangeAnswer: {
            /** @description The log record of the change. */
            transaction: components["schemas"]["TransactionRecord"];
            /** @description The product variant that stock is kept for. */
            sku: components["schemas"]["Sku"];
        };
        /**
         * @description The stock of the SKU would exceed the maximum.
         * @example {
         *       "type": "urn:inventory:problem:stock_limit_exceeded",
         *       "title": "The stock would exceed the maximum",
         *       "status": 409,
         *       "code": "stock_limit_exceeded",
         *       "detail": "The stock of the SKU would exceed the maximum.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "current_stock": 50,
         *       "limit": 1000000000
         *     }
         */
        StockLimitExceeded: {
            /** @constant */
            type: "urn:inventory:problem:stock_limit_exceeded";
            /** @constant */
            title: "The stock would exceed the maximum";
            /** @constant */
            status: 409;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "stock_limit_exceeded";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description Units in stock. */
            current_stock?: number;
            /** @description The maximum stock of one SKU. */
            limit?: number;
        };
        /**
         * @description The body exceeds the limit.
         * @example {
         *       "type": "urn:inventory:problem:payload_too_large",
         *       "title": "The request body is too large",
         *       "status": 413,
         *       "code": "payload_too_large",
         *       "detail": "The body exceeds the limit.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        TooLarge: {
            /** @constant */
            type: "urn:inventory:problem:payload_too_large";
            /** @constant */
            title: "The request body is too large";
            /** @constant */
            status: 413;
            /** @constant */
            code: "payload_too_large";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The order's lines change by more than one transaction can write, or would be too many.
         * @example {
         *       "type": "urn:inventory:problem:too_many_changes",
         *       "title": "The order cannot be changed by so many lines at once",
         *       "status": 422,
         *       "code": "too_many_changes",
         *       "detail": "The order's lines change by more than one transaction can write, or would be too many.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        TooManyChanges: {
            /** @constant */
            type: "urn:inventory:problem:too_many_changes";
            /** @constant */
            title: "The order cannot be changed by so many lines at once";
            /** @constant */
            status: 422;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "too_many_changes";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The sender's budget of requests is used up; others are served meanwhile.
         * @example {
         *       "type": "urn:inventory:problem:too_many_requests",
         *       "title": "Too many requests",
         *       "status": 429,
         *       "code": "too_many_requests",
         *       "detail": "The sender's budget of requests is used up; others are served meanwhile.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        TooManyRequests: {
            /** @constant */
            type: "urn:inventory:problem:too_many_requests";
            /** @constant */
            title: "Too many requests";
            /** @constant */
            status: 429;
            /** @constant */
            code: "too_many_requests";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description One change of one SKU's stock, in units, as StockTransactions stores it permanently.
         * @example {
         *       "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *       "timestamp": "2026-02-23T14:20:00.000000Z",
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "vendor_id": "VENDOR-001",
         *       "transaction_type": "restock",
         *       "quantity_change": 25,
         *       "stock_before": 50,
         *       "stock_after": 75,
         *       "order_id": null,
         *       "performed_by": "VENDOR-001",
         *       "notes": "Monthly restock shipment from warehouse",
         *       "sequence": 1,
         *       "quantity": 25,
         *       "reserved_before": 5,
         *       "reserved_after": 5,
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "form": 1,
         *       "command": "restock",
         *       "reason": null,
         *       "order_step": null,
         *       "order_previous": null,
         *       "previous_hash": "0000000000000000000000000000000000000000000000000000000000000000",
         *       "hash": "dedbe30dea5bb26dc676610ef77ecf545b9e05c74dd7987143fadd857d96c076",
         *       "signature": "Z0sMnZbT3hOaVfVYl6iBDyYtTTG2M5yXkL1Y8S0RkYQ4cJm2w8h7d9oJ5bLq3pV6nT1uE0aXrC4fKgWsHiBvDA",
         *       "key_id": "k1"
         *     }
         */
        TransactionRecord: {
            /** @description The log record; its id is derived from SKU and sequence. */
            transaction_id: string;
            /**
             * Format: date-time
             * @description When it happened; strictly increasing within one SKU.
             */
            timestamp: string;
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description The vendor that owns it. */
            vendor_id: string;
            /** @description The type of stock change: restock, order_placed, order_confirmed, order_cancelled, refund, manual_adjustment. Later versions may have others, which clients ignore. */
            transaction_type: string;
            /** @description The change of `current_stock`. */
            quantity_change: number;
            /** @description `current_stock` before it. */
            stock_before: number;
            /** @description `current_stock` after it. */
            stock_after: number;
            /** @description The order of the units; null for restocks and adjustments. */
            order_id: string | null;
            /** @description Who did it, taken from the token. */
            performed_by: string;
            /** @description The reason; at most 300 bytes of UTF-8. */
            notes: string | null;
            /** @description Counts the SKU's log records, from 1 without a gap. */
            sequence: number;
            /** @description The units concerned. */
            quantity: number;
            /** @description `reserved_stock` before it. */
            reserved_before: number;
            /** @description `reserved_stock` after it. */
            reserved_after: number;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The form of the record: which attributes it has. */
            form: number;
            /** @description What was asked for: restock, adjust, place, confirm, cancel, expire, release, refund, amend, reopen. */
            command: string;
            /** @description Why the units of an order were cancelled or refunded, as a word. */
            reason: string | null;
            /** @description Counts the records of the order's line, from 1; null without an order. */
            order_step: number | null;
            /** @description `sequence` of the line's previous record; null for its first. */
            order_previous: number | null;
            /** @description `hash` of the SKU's previous record; 64 zeros for the first. */
            previous_hash: string;
            /** @description SHA-256 of the RFC 8785 form of this object without `hash`, `signature` and `key_id`. */
            hash: string;
            /** @description The Ed25519 signature of the 32 bytes of `hash`, in base64url. */
            signature: string;
            /** @description The ledger key that signed it (`GET /ledger-keys`). */
            key_id: string;
        };
        /**
         * @description There is no bearer token, or it is invalid.
         * @example {
         *       "type": "urn:inventory:problem:unauthenticated",
         *       "title": "A valid bearer token is required",
         *       "status": 401,
         *       "code": "unauthenticated",
         *       "detail": "There is no bearer token, or it is invalid.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        Unauthenticated: {
            /** @constant */
            type: "urn:inventory:problem:unauthenticated";
            /** @constant */
            title: "A valid bearer token is required";
            /** @constant */
            status: 401;
            /** @constant */
            code: "unauthenticated";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description A line with more units than were confirmed and not yet refunded.
         * @example {
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "asked": 10,
         *       "refundable": 3
         *     }
         */
        UnrefundableLine: {
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description Units requested. */
            asked: number;
            /** @description Units that can be refunded. */
            refundable: number;
        };
        /**
         * @description A line with more units than the order has reserved.
         * @example {
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "asked": 10,
         *       "reserved": 5
         *     }
         */
        UnreservedLine: {
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description Units requested. */
            asked: number;
            /** @description Units that are reserved for the order. */
            reserved: number;
        };
        /**
         * @description The body's Content-Type is not JSON.
         * @example {
         *       "type": "urn:inventory:problem:unsupported_media_type",
         *       "title": "The request body must be JSON",
         *       "status": 415,
         *       "code": "unsupported_media_type",
         *       "detail": "The body's Content-Type is not JSON.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        UnsupportedMediaType: {
            /** @constant */
            type: "urn:inventory:problem:unsupported_media_type";
            /** @constant */
            title: "The request body must be JSON";
            /** @constant */
            status: 415;
            /** @constant */
            code: "unsupported_media_type";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
    };
    responses: {
        /** @description `adjustment_below_reserved`: The stock would fall below the units that orders have reserved.; `count_stale`: The stock has changed since it was counted.; `stock_limit_exceeded`: The stock of the SKU would exceed the maximum. */
        AdjustmentBelowReservedOrCountStaleOrStockLimitExceeded: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["AdjustmentBelowReserved"] | components["schemas"]["CountStale"] | components["schemas"]["StockLimitExceeded"];
            };
        };
        /** @description `busy`: Too many writers competed for the same items for too long.; `database_unavailable`: DynamoDB throttles the service or cannot be reached.; `identity_unavailable`: The token issuer's keys cannot be fetched.; `ledger_key_unavailable`: The key that signs stock changes, or the published keys that verify them, cannot be read.; `outcome_unknown`: The command may have been executed; the same request, with the same order id or key, finds out. */
        BusyOrDatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailableOrOutcomeUnknown: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Busy"] | components["schemas"]["DatabaseUnavailable"] | components["schemas"]["IdentityUnavailable"] | components["schemas"]["LedgerKeyUnavailable"] | components["schemas"]["OutcomeUnknown"];
            };
        };
        /** @description `busy`: Too many writers competed for the same items for too long.; `database_unavailable`: DynamoDB throttles the service or cannot be reached.; `identity_unavailable`: The token issuer's keys cannot be fetched.; `outcome_unknown`: The command may have been executed; the same request, with the same order id or key, finds out. */
        BusyOrDatabaseUnavailableOrIdentityUnavailableOrOutcomeUnknown: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Busy"] | components["schemas"]["DatabaseUnavailable"] | components["schemas"]["IdentityUnavailable"] | components["schemas"]["OutcomeUnknown"];
            };
        };
        /** @description `database_unavailable`: DynamoDB throttles the service or cannot be reached.; `identity_unavailable`: The token issuer's keys cannot be fetched. */
        DatabaseUnavailableOrIdentityUnavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["DatabaseUnavailable"] | components["schemas"]["IdentityUnavailable"];
            };
        };
        /** @description `database_unavailable`: DynamoDB throttles the service or cannot be reached.; `identity_unavailable`: The token issuer's keys cannot be fetched.; `ledger_key_unavailable`: The key that signs stock changes, or the published keys that verify them, cannot be read. */
        DatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["DatabaseUnavailable"] | components["schemas"]["IdentityUnavailable"] | components["schemas"]["LedgerKeyUnavailable"];
            };
        };
        /** @description `forbidden`: The principal's role is not allowed to do this, or the path names another vendor. */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Forbidden"];
            };
        };
        /** @description `idempotency_key_required`: A command that is not idempotent by itself has no Idempotency-Key.; `invalid_encoding`: The path or the query is not UTF-8, or contains the character that replaces what is not (U+FFFD).; `invalid_idempotency_key`: The Idempotency-Key is empty, too long, or contains characters other than printable ASCII.; `invalid_json`: The body is not JSON (RFC 8259). */
        IdempotencyKeyRequiredOrInvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["IdempotencyKeyRequired"] | components["schemas"]["InvalidEncoding"] | components["schemas"]["InvalidIdempotencyKey"] | components["schemas"]["InvalidJson"];
            };
        };
        /** @description `idempotency_key_reused`: The Idempotency-Key was used before for another body.; `invalid_input`: Parameters or body are not valid. */
        IdempotencyKeyReusedOrInvalidInput: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["IdempotencyKeyReused"] | components["schemas"]["InvalidInput"];
            };
        };
        /** @description `idempotency_key_reused`: The Idempotency-Key was used before for another body.; `invalid_input`: Parameters or body are not valid.; `too_many_changes`: The order's lines change by more than one transaction can write, or would be too many. */
        IdempotencyKeyReusedOrInvalidInputOrTooManyChanges: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["IdempotencyKeyReused"] | components["schemas"]["InvalidInput"] | components["schemas"]["TooManyChanges"];
            };
        };
        /** @description `identity_unavailable`: The token issuer's keys cannot be fetched. */
        IdentityUnavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["IdentityUnavailable"];
            };
        };
        /** @description `insufficient_stock`: Fewer units are available than requested.; `not_reopenable`: The order reserves units, or no cancellation or expiry has released any since it was last reopened.; `order_damaged`: What is stored of the order was not written by the service: nothing is done with it.; `order_in_progress`: Another command on the order has begun and has not finished.; `product_inactive`: The product is deactivated.; `sku_inactive`: The SKU is deactivated. */
        InsufficientStockOrNotReopenableOrOrderDamagedOrOrderInProgressOrProductInactiveOrSkuInactive: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InsufficientStock"] | components["schemas"]["NotReopenable"] | components["schemas"]["OrderDamaged"] | components["schemas"]["OrderInProgress"] | components["schemas"]["ProductInactive"] | components["schemas"]["SkuInactive"];
            };
        };
        /** @description `insufficient_stock`: Fewer units are available than requested.; `order_cancelled`: The order was cancelled and reserves nothing.; `order_confirmed`: The order's units have left the stock; only a refund returns them.; `order_damaged`: What is stored of the order was not written by the service: nothing is done with it.; `order_in_progress`: Another command on the order has begun and has not finished.; `product_inactive`: The product is deactivated.; `reservation_expired`: The hold expired before the order was confirmed.; `sku_inactive`: The SKU is deactivated. */
        InsufficientStockOrOrderCancelledOrOrderConfirmedOrOrderDamagedOrOrderInProgressOrProductInactiveOrReservationExpiredOrSkuInactive: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InsufficientStock"] | components["schemas"]["OrderCancelled"] | components["schemas"]["OrderConfirmed"] | components["schemas"]["OrderDamaged"] | components["schemas"]["OrderInProgress"] | components["schemas"]["ProductInactive"] | components["schemas"]["ReservationExpired"] | components["schemas"]["SkuInactive"];
            };
        };
        /** @description `insufficient_stock`: Fewer units are available than requested.; `order_cancelled`: The order was cancelled and reserves nothing.; `order_damaged`: What is stored of the order was not written by the service: nothing is done with it.; `order_exists`: An order with this id exists with other lines.; `order_in_progress`: Another command on the order has begun and has not finished.; `product_inactive`: The product is deactivated.; `reservation_expired`: The hold expired before the order was confirmed.; `sku_inactive`: The SKU is deactivated. */
        InsufficientStockOrOrderCancelledOrOrderDamagedOrOrderExistsOrOrderInProgressOrProductInactiveOrReservationExpiredOrSkuInactive: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InsufficientStock"] | components["schemas"]["OrderCancelled"] | components["schemas"]["OrderDamaged"] | components["schemas"]["OrderExists"] | components["schemas"]["OrderInProgress"] | components["schemas"]["ProductInactive"] | components["schemas"]["ReservationExpired"] | components["schemas"]["SkuInactive"];
            };
        };
        /** @description `internal_error`: A defect of the service; its log has the request id and the cause. */
        InternalError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InternalError"];
            };
        };
        /** @description `invalid_cursor`: The cursor was not issued by this list.; `invalid_encoding`: The path or the query is not UTF-8, or contains the character that replaces what is not (U+FFFD). */
        InvalidCursorOrInvalidEncoding: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InvalidCursor"] | components["schemas"]["InvalidEncoding"];
            };
        };
        /** @description `invalid_encoding`: The path or the query is not UTF-8, or contains the character that replaces what is not (U+FFFD). */
        InvalidEncoding: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InvalidEncoding"];
            };
        };
        /** @description `invalid_encoding`: The path or the query is not UTF-8, or contains the character that replaces what is not (U+FFFD).; `invalid_idempotency_key`: The Idempotency-Key is empty, too long, or contains characters other than printable ASCII. */
        InvalidEncodingOrInvalidIdempotencyKey: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InvalidEncoding"] | components["schemas"]["InvalidIdempotencyKey"];
            };
        };
        /** @description `invalid_encoding`: The path or the query is not UTF-8, or contains the character that replaces what is not (U+FFFD).; `invalid_idempotency_key`: The Idempotency-Key is empty, too long, or contains characters other than printable ASCII.; `invalid_json`: The body is not JSON (RFC 8259). */
        InvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InvalidEncoding"] | components["schemas"]["InvalidIdempotencyKey"] | components["schemas"]["InvalidJson"];
            };
        };
        /** @description `invalid_encoding`: The path or the query is not UTF-8, or contains the character that replaces what is not (U+FFFD).; `invalid_json`: The body is not JSON (RFC 8259). */
        InvalidEncodingOrInvalidJson: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InvalidEncoding"] | components["schemas"]["InvalidJson"];
            };
        };
        /** @description `invalid_input`: Parameters or body are not valid. */
        InvalidInput: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InvalidInput"];
            };
        };
        /** @description `order_cancelled`: The order was cancelled and reserves nothing.; `order_confirmed`: The order's units have left the stock; only a refund returns them.; `order_damaged`: What is stored of the order was not written by the service: nothing is done with it.; `order_in_progress`: Another command on the order has begun and has not finished.; `quantity_exceeds_reserved`: More units were to be confirmed or cancelled than the order has reserved. */
        OrderCancelledOrOrderConfirmedOrOrderDamagedOrOrderInProgressOrQuantityExceedsReserved: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["OrderCancelled"] | components["schemas"]["OrderConfirmed"] | components["schemas"]["OrderDamaged"] | components["schemas"]["OrderInProgress"] | components["schemas"]["QuantityExceedsReserved"];
            };
        };
        /** @description `order_cancelled`: The order was cancelled and reserves nothing.; `order_confirmed`: The order's units have left the stock; only a refund returns them.; `order_damaged`: What is stored of the order was not written by the service: nothing is done with it.; `order_in_progress`: Another command on the order has begun and has not finished.; `reservation_expired`: The hold expired before the order was confirmed. */
        OrderCancelledOrOrderConfirmedOrOrderDamagedOrOrderInProgressOrReservationExpired: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["OrderCancelled"] | components["schemas"]["OrderConfirmed"] | components["schemas"]["OrderDamaged"] | components["schemas"]["OrderInProgress"] | components["schemas"]["ReservationExpired"];
            };
        };
        /** @description `order_cancelled`: The order was cancelled and reserves nothing.; `order_damaged`: What is stored of the order was not written by the service: nothing is done with it.; `order_in_progress`: Another command on the order has begun and has not finished.; `quantity_exceeds_reserved`: More units were to be confirmed or cancelled than the order has reserved.; `reservation_expired`: The hold expired before the order was confirmed. */
        OrderCancelledOrOrderDamagedOrOrderInProgressOrQuantityExceedsReservedOrReservationExpired: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["OrderCancelled"] | components["schemas"]["OrderDamaged"] | components["schemas"]["OrderInProgress"] | components["schemas"]["QuantityExceedsReserved"] | components["schemas"]["ReservationExpired"];
            };
        };
        /** @description `order_cancelled`: The order was cancelled and reserves nothing.; `order_damaged`: What is stored of the order was not written by the service: nothing is done with it.; `order_in_progress`: Another command on the order has begun and has not finished.; `refund_exceeds_confirmed`: More units were to be refunded than were confirmed and not yet refunded.; `stock_limit_exceeded`: The stock of the SKU would exceed the maximum. */
        OrderCancelledOrOrderDamagedOrOrderInProgressOrRefundExceedsConfirmedOrStockLimitExceeded: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["OrderCancelled"] | components["schemas"]["OrderDamaged"] | components["schemas"]["OrderInProgress"] | components["schemas"]["RefundExceedsConfirmed"] | components["schemas"]["StockLimitExceeded"];
            };
        };
        /** @description `order_damaged`: What is stored of the order was not written by the service: nothing is done with it. */
        OrderDamaged: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["OrderDamaged"];
            };
        };
        /** @description `order_not_found`: The order does not exist. */
        OrderNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["OrderNotFound"];
            };
        };
        /** @description `order_not_found`: The order does not exist.; `sku_not_found`: The SKU does not exist, or belongs to another vendor. */
        OrderNotFoundOrSkuNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["OrderNotFound"] | components["schemas"]["SkuNotFound"];
            };
        };
        /** @description `precondition_failed`: If-Match names another version than the current one. */
        PreconditionFailed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["PreconditionFailed"];
            };
        };
        /** @description `product_inactive`: The product is deactivated.; `sku_exists`: A SKU with this id already exists. */
        ProductInactiveOrSkuExists: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProductInactive"] | components["schemas"]["SkuExists"];
            };
        };
        /** @description `product_inactive`: The product is deactivated.; `sku_inactive`: The SKU is deactivated.; `stock_limit_exceeded`: The stock of the SKU would exceed the maximum. */
        ProductInactiveOrSkuInactiveOrStockLimitExceeded: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProductInactive"] | components["schemas"]["SkuInactive"] | components["schemas"]["StockLimitExceeded"];
            };
        };
        /** @description `product_not_found`: The product does not exist, or belongs to another vendor. */
        ProductNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ProductNotFound"];
            };
        };
        /** @description `sku_not_found`: The SKU does not exist, or belongs to another vendor. */
        SkuNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["SkuNotFound"];
            };
        };
        /** @description `payload_too_large`: The body exceeds the limit. */
        TooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["TooLarge"];
            };
        };
        /** @description `too_many_requests`: The sender's budget of requests is used up; others are served meanwhile. */
        TooManyRequests: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["TooManyRequests"];
            };
        };
        /** @description `unauthenticated`: There is no bearer token, or it is invalid. */
        Unauthenticated: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Unauthenticated"];
            };
        };
        /** @description `unsupported_media_type`: The body's Content-Type is not JSON. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["UnsupportedMediaType"];
            };
        };
    };
    parameters: {
        /**
         * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
         * @example restock-2026-02-23-001
         */
        IdempotencyKey: string;
        /**
         * @description The `ETag` of the version to change; without it, the current version is changed. A resource that is as requested already is no conflict, whatever its version.
         * @example "1"
         */
        IfMatch: string;
        /**
         * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
         * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
         */
        RequestId: string;
        /**
         * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
         * @example restock-2026-02-23-001
         */
        RequiredIdempotencyKey: string;
        /**
         * @description The order; its order system chooses the id.
         * @example ORDER-12345
         */
        order_id: string;
        /**
         * @description The product; the server generates its id.
         * @example PROD-E4F9A
         */
        product_id: string;
        /**
         * @description The product variant that stock is kept for.
         * @example SKU-PROD-E4F9A-BLK-L
         */
        sku: string;
        /**
         * @description The vendor that owns it.
         * @example VENDOR-001
         */
        vendor_id: string;
    };
    requestBodies: never;
    headers: {
        /** @description The X-Request-Id of the request, or a generated one. */
        "X-Request-Id": string;
        /**
         * @description The resource's version.
         * @example "1"
         */
        ETag: string;
        /** @description Not to be stored: the stock changes without a new `ETag`. */
        "Cache-Control": "no-store";
        /** @description The address of the created resource. */
        Location: string;
        /**
         * @description The next page, `rel="next"`; absent on the last page.
         * @example </products?category=Electronics&cursor=eyJ>; rel="next"
         */
        Link: string;
        /**
         * @description The name of the exported file; absent for JSON.
         * @example attachment; filename="log.csv"
         */
        "Content-Disposition": string;
        /** @description `true` if the command was executed before; otherwise absent. */
        "Idempotent-Replayed": "true";
        /** @description The seconds after which the same request can be repeated. */
        "Retry-After": number;
        "WWW-Authenticate": "Bearer";
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_skus_of_product: {
        parameters: {
            query?: {
                /** @description The maximum number of items of a page. */
                limit?: number;
                /** @description `next_cursor` of the previous page; opaque. */
                cursor?: string;
            };
            header?: {
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The product; the server generates its id.
                 * @example PROD-E4F9A
                 */
                product_id: components["parameters"]["product_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSku"];
                };
            };
            400: components["responses"]["InvalidCursorOrInvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
        };
    };
    create_sku: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The product; the server generates its id.
                 * @example PROD-E4F9A
                 */
                product_id: components["parameters"]["product_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSku"];
            };
        };
        responses: {
            /** @description Executed before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sku"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sku"];
                };
            };
            400: components["responses"]["InvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["ProductNotFound"];
            409: components["responses"]["ProductInactiveOrSkuExists"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrOutcomeUnknown"];
        };
    };
    get_sku: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The product; the server generates its id.
                 * @example PROD-E4F9A
                 */
                product_id: components["parameters"]["product_id"];
                /**
                 * @description The product variant that stock is kept for.
                 * @example SKU-PROD-E4F9A-BLK-L
                 */
                sku: components["parameters"]["sku"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sku"];
                };
            };
            400: components["responses"]["InvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SkuNotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
        };
    };
    deactivate_sku: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description The `ETag` of the version to change; without it, the current version is changed. A resource that is as requested already is no conflict, whatever its version.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The product; the server generates its id.
                 * @example PROD-E4F9A
                 */
                product_id: components["parameters"]["product_id"];
                /**
                 * @description The product variant that stock is kept for.
                 * @example SKU-PROD-E4F9A-BLK-L
                 */
                sku: components["parameters"]["sku"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Executed now or before. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidEncodingOrInvalidIdempotencyKey"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SkuNotFound"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrOutcomeUnknown"];
        };
    };
    change_sku: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description The `ETag` of the version to change; without it, the current version is changed. A resource that is as requested already is no conflict, whatever its version.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The product; the server generates its id.
                 * @example PROD-E4F9A
                 */
                product_id: components["parameters"]["product_id"];
                /**
                 * @description The product variant that stock is kept for.
                 * @example SKU-PROD-E4F9A-BLK-L
                 */
                sku: components["parameters"]["sku"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SkuPatch"];
                "application/merge-patch+json": components["schemas"]["SkuPatch"];
            };
        };
        responses: {
            /** @description Executed now or before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sku"];
                };
            };
            400: components["responses"]["InvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SkuNotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrOutcomeUnknown"];
        };
    };
    restock: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key": components["parameters"]["RequiredIdempotencyKey"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The product; the server generates its id.
                 * @example PROD-E4F9A
                 */
                product_id: components["parameters"]["product_id"];
                /**
                 * @description The product variant that stock is kept for.
                 * @example SKU-PROD-E4F9A-BLK-L
                 */
                sku: components["parameters"]["sku"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RestockBody"];
            };
        };
        responses: {
            /** @description Executed before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockChangeAnswer"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockChangeAnswer"];
                };
            };
            400: components["responses"]["IdempotencyKeyRequiredOrInvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SkuNotFound"];
            409: components["responses"]["ProductInactiveOrSkuInactiveOrStockLimitExceeded"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailableOrOutcomeUnknown"];
        };
    };
    adjust_stock: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key": components["parameters"]["RequiredIdempotencyKey"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The product; the server generates its id.
                 * @example PROD-E4F9A
                 */
                product_id: components["parameters"]["product_id"];
                /**
                 * @description The product variant that stock is kept for.
                 * @example SKU-PROD-E4F9A-BLK-L
                 */
                sku: components["parameters"]["sku"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdjustmentBody"];
            };
        };
        responses: {
            /** @description Executed before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockChangeAnswer"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockChangeAnswer"];
                };
            };
            400: components["responses"]["IdempotencyKeyRequiredOrInvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SkuNotFound"];
            409: components["responses"]["AdjustmentBelowReservedOrCountStaleOrStockLimitExceeded"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailableOrOutcomeUnknown"];
        };
    };
    batch_stock_changes: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StockBatch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockBatchAnswer"];
                };
            };
            400: components["responses"]["InvalidEncodingOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["IdentityUnavailable"];
        };
    };
    list_inventory: {
        parameters: {
            query?: {
                /** @description Only SKUs with this barcode; it must match exactly. A page has at most 100 of them. */
                barcode?: string;
                /** @description The maximum number of items of a page. A page holds less than 1 MB of items as they are stored, so it may have fewer. */
                limit?: number;
                /** @description The members that each item has, separated by commas; by default all. */
                fields?: ("product_id" | "sku" | "vendor_id" | "variant_name" | "variant_attributes" | "current_stock" | "reserved_stock" | "available_stock" | "reorder_threshold" | "unit_price" | "last_updated" | "last_updated_by" | "is_active" | "sequence" | "ledger_hash" | "version" | "last_transaction_at" | "last_transaction_id" | "product_is_active" | "product_version" | "details_version" | "barcode" | "low_stock_flag")[];
                /** @description `next_cursor` of the previous page; opaque. */
                cursor?: string;
            };
            header?: {
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The vendor that owns it.
                 * @example VENDOR-001
                 */
                vendor_id: components["parameters"]["vendor_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSelectedSku"];
                };
            };
            400: components["responses"]["InvalidCursorOrInvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
        };
    };
    list_low_stock: {
        parameters: {
            query?: {
                /** @description The maximum number of items of a page. */
                limit?: number;
                /** @description `next_cursor` of the previous page; opaque. */
                cursor?: string;
            };
            header?: {
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The vendor that owns it.
                 * @example VENDOR-001
                 */
                vendor_id: components["parameters"]["vendor_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSku"];
                };
            };
            400: components["responses"]["InvalidCursorOrInvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
        };
    };
    check_availability: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AvailabilityQuestion"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AvailabilityAnswer"];
                };
            };
            400: components["responses"]["InvalidEncodingOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
        };
    };
    get_order: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The order; its order system chooses the id.
                 * @example ORDER-12345
                 */
                order_id: components["parameters"]["order_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            400: components["responses"]["InvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["OrderNotFound"];
            409: components["responses"]["OrderDamaged"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailable"];
        };
    };
    place_order: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The order; its order system chooses the id.
                 * @example ORDER-12345
                 */
                order_id: components["parameters"]["order_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrder"];
            };
        };
        responses: {
            /** @description Executed before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            /** @description Begun; it finishes by itself. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            400: components["responses"]["InvalidEncodingOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SkuNotFound"];
            409: components["responses"]["InsufficientStockOrOrderCancelledOrOrderDamagedOrOrderExistsOrOrderInProgressOrProductInactiveOrReservationExpiredOrSkuInactive"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailableOrOutcomeUnknown"];
        };
    };
    list_orders_due: {
        parameters: {
            query?: {
                /** @description Only orders whose hold, or the lease of whose command in progress, ends before this time; default: now. */
                due_before?: string;
                /** @description The maximum number of items of a page. */
                limit?: number;
                /** @description `next_cursor` of the previous page; opaque. */
                cursor?: string;
            };
            header?: {
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfOrderAnswer"];
                };
            };
            400: components["responses"]["InvalidCursorOrInvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailable"];
        };
    };
    batch_orders: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Batch"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            400: components["responses"]["InvalidEncodingOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["IdentityUnavailable"];
        };
    };
    extend_hold: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The order; its order system chooses the id.
                 * @example ORDER-12345
                 */
                order_id: components["parameters"]["order_id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Extension"];
            };
        };
        responses: {
            /** @description Executed now or before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            400: components["responses"]["InvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["OrderNotFound"];
            409: components["responses"]["OrderCancelledOrOrderConfirmedOrOrderDamagedOrOrderInProgressOrReservationExpired"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailableOrOutcomeUnknown"];
        };
    };
    amend_order: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key": components["parameters"]["RequiredIdempotencyKey"];
                /**
                 * @description The `ETag` of the version to change; without it, the current version is changed. A resource that is as requested already is no conflict, whatever its version.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The order; its order system chooses the id.
                 * @example ORDER-12345
                 */
                order_id: components["parameters"]["order_id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Amendment"];
            };
        };
        responses: {
            /** @description Executed now or before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            400: components["responses"]["IdempotencyKeyRequiredOrInvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["OrderNotFoundOrSkuNotFound"];
            409: components["responses"]["InsufficientStockOrOrderCancelledOrOrderConfirmedOrOrderDamagedOrOrderInProgressOrProductInactiveOrReservationExpiredOrSkuInactive"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInputOrTooManyChanges"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailableOrOutcomeUnknown"];
        };
    };
    reopen_order: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key": components["parameters"]["RequiredIdempotencyKey"];
                /**
                 * @description The `ETag` of the version to change; without it, the current version is changed. A resource that is as requested already is no conflict, whatever its version.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The order; its order system chooses the id.
                 * @example ORDER-12345
                 */
                order_id: components["parameters"]["order_id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Reopening"];
            };
        };
        responses: {
            /** @description Executed now or before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            400: components["responses"]["IdempotencyKeyRequiredOrInvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["OrderNotFound"];
            409: components["responses"]["InsufficientStockOrNotReopenableOrOrderDamagedOrOrderInProgressOrProductInactiveOrSkuInactive"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInputOrTooManyChanges"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailableOrOutcomeUnknown"];
        };
    };
    confirm_order: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description The `ETag` of the version to change; without it, the current version is changed. A resource that is as requested already is no conflict, whatever its version.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The order; its order system chooses the id.
                 * @example ORDER-12345
                 */
                order_id: components["parameters"]["order_id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Settlement"];
            };
        };
        responses: {
            /** @description Executed now or before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            /** @description Begun; it finishes by itself. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            400: components["responses"]["IdempotencyKeyRequiredOrInvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["OrderNotFoundOrSkuNotFound"];
            409: components["responses"]["OrderCancelledOrOrderDamagedOrOrderInProgressOrQuantityExceedsReservedOrReservationExpired"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailableOrOutcomeUnknown"];
        };
    };
    cancel_order: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description The `ETag` of the version to change; without it, the current version is changed. A resource that is as requested already is no conflict, whatever its version.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The order; its order system chooses the id.
                 * @example ORDER-12345
                 */
                order_id: components["parameters"]["order_id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Cancellation"];
            };
        };
        responses: {
            /** @description Executed now or before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            /** @description Begun; it finishes by itself. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            400: components["responses"]["IdempotencyKeyRequiredOrInvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["OrderNotFoundOrSkuNotFound"];
            409: components["responses"]["OrderCancelledOrOrderConfirmedOrOrderDamagedOrOrderInProgressOrQuantityExceedsReserved"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailableOrOutcomeUnknown"];
        };
    };
    refund_order: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Identifies the command, so that it is executed once however often it is sent: 1 to 255 printable ASCII characters, kept for at least 24 hours.
                 * @example restock-2026-02-23-001
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description The `ETag` of the version to change; without it, the current version is changed. A resource that is as requested already is no conflict, whatever its version.
                 * @example "1"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
                 * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The order; its order system chooses the id.
                 * @example ORDER-12345
                 */
                order_id: components["parameters"]["order_id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Refund"];
            };
        };
        responses: {
            /** @description Executed now or before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            /** @description Begun; it finishes by itself. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderAnswer"];
                };
            };
            400: components["responses"]["IdempotencyKeyRequiredOrInvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["OrderNotFoundOrSkuNotFound"];
            409: components["responses"]["OrderCancelledOrOrderDamagedOrOrderInProgressOrRefundExceedsConfirmedOrStockLimitExceeded"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrLedgerKeyUnavailableOrOutcomeUnknown"];
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service runs. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                        service: string;
                    };
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    asyncapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    events_page: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    reference_page: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    reference_page_program: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Redoc. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                };
            };
        };
    };
}

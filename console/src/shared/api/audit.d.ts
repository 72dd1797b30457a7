// Generated from services/audit/openapi.json by npm run types; do not edit.

export interface paths {
    "/transactions/{transaction_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a log record
         * @description It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         */
        get: operations["get_transaction"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{product_id}/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a product's log records, newest first by default
         * @description It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_product_transactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vendors/{vendor_id}/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a vendor's log records, newest first by default
         * @description It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_vendor_transactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/skus/{sku}/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a SKU's log records, newest first by default
         * @description It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_sku_transactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/skus/{sku}/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Verify a SKU's log record by record, and the live SKU against it
         * @description It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         */
        get: operations["verify_sku"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/skus/{sku}/stock-at": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Return a SKU's stock at a point in time, with the last transaction before it
         * @description It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         */
        get: operations["get_stock_at"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/skus/{sku}/reservations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the orders that hold units of a SKU now
         * @description It needs a token of the role admin, auditor, desk or vendor. A vendor reaches only what is its own.
         */
        get: operations["get_reservations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/skus/{sku}/timeline.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Draw a SKU's stock, reserved units and threshold over time, with each record marked by its type
         * @description It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         */
        get: operations["get_timeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the log records of an order, of all its lines, newest first; a vendor sees those of its lines
         * @description They are found by the order: one that was cancelled, or has expired, has its records here as long as
         *     it is stored; one that is stored no more, as it could not be placed, is not found.  The logs of the
         *     SKUs alone have the records of an earlier place of the order that was undone, and those before a
         *     record that is missing.  A page reads the last record of each line, and all that are newer than its
         *     end: if these are more than 5,000, it is refused.
         *
         *     It needs a token of the role admin, auditor, desk, orders or vendor. A vendor reaches only what is its own.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_order_transactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List changes of stock and log that the services did not make, newest first
         * @description It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_findings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ledger-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Return every key that has signed log records, as a JSON Web Key Set, oldest first
         * @description Anybody may use it; a token is not needed, but one that is sent has to be valid.
         */
        get: operations["list_ledger_keys"];
        put?: never;
        post?: never;
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
         * @description The stage has no archive, and the findings are stored there.
         * @example {
         *       "type": "urn:inventory:problem:archive_not_configured",
         *       "title": "There is no archive",
         *       "status": 501,
         *       "code": "archive_not_configured",
         *       "detail": "The stage has no archive, and the findings are stored there.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        ArchiveNotConfigured: {
            /** @constant */
            type: "urn:inventory:problem:archive_not_configured";
            /** @constant */
            title: "There is no archive";
            /** @constant */
            status: 501;
            /** @constant */
            code: "archive_not_configured";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
        };
        /**
         * @description The archive, which stores the findings, cannot be reached.
         * @example {
         *       "type": "urn:inventory:problem:archive_unavailable",
         *       "title": "The archive is not available at the moment",
         *       "status": 503,
         *       "code": "archive_unavailable",
         *       "detail": "The archive, which stores the findings, cannot be reached.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        ArchiveUnavailable: {
            /** @constant */
            type: "urn:inventory:problem:archive_unavailable";
            /** @constant */
            title: "The archive is not available at the moment";
            /** @constant */
            status: 503;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "archive_unavailable";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
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
         * @description One thing that differs from what it should be.
         * @example {
         *       "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *       "kind": "stock_after",
         *       "expected": 75,
         *       "found": 80
         *     }
         */
        DifferenceAnswer: {
            /** @description The id of the record, which may be invalid; null if the difference concerns no record. */
            transaction_id: string | null;
            /** @description The attribute that differs, or another kind of difference. */
            kind: string;
            /** @description What was expected. */
            expected: unknown;
            /** @description What was found. */
            found: unknown;
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
         * @description A change of stock or log that the services did not make.
         * @example {
         *       "finding_id": "FIND-1",
         *       "kind": "record_modified",
         *       "occurred_at": "2026-02-23T14:20:00.000000Z",
         *       "vendor_id": "VENDOR-001",
         *       "product_id": "PROD-E4F9A",
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *       "differences": [
         *         {
         *           "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *           "kind": "stock_after",
         *           "expected": 75,
         *           "found": 80
         *         }
         *       ]
         *     }
         */
        FindingAnswer: {
            /** @description The id of the finding. */
            finding_id: string;
            /** @description The kind of change. */
            kind: string;
            /** @description When the change happened. */
            occurred_at: string;
            /** @description The vendor that owns it. */
            vendor_id: string | null;
            /** @description The product; the server generates its id. */
            product_id: string | null;
            /** @description The product variant that stock is kept for. */
            sku: string | null;
            /** @description The log record; its id is derived from SKU and sequence. */
            transaction_id: string | null;
            /** @description All differences that it caused. */
            differences: components["schemas"]["DifferenceAnswer"][];
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
         * @description A public key that verifies signatures of the log: a JSON Web Key of RFC 8037, with two more members.
         * @example {
         *       "kty": "OKP",
         *       "crv": "Ed25519",
         *       "alg": "EdDSA",
         *       "use": "sig",
         *       "kid": "2f9ac01b",
         *       "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
         *       "created_at": "2026-02-23T14:20:00.000000Z",
         *       "retired_at": null
         *     }
         */
        LedgerKeyAnswer: {
            /**
             * @description The type of the key.
             * @enum {string}
             */
            kty: "OKP";
            /**
             * @description Its curve.
             * @enum {string}
             */
            crv: "Ed25519";
            /**
             * @description The algorithm of signatures.
             * @enum {string}
             */
            alg: "EdDSA";
            /**
             * @description What it is for: signatures.
             * @enum {string}
             */
            use: "sig";
            /** @description The `key_id` in log records. */
            kid: string;
            /** @description The 32 bytes of the key, as base64url. */
            x: string;
            /** @description When it was made. */
            created_at: string;
            /** @description A later record must not be signed by it; null as long as it is in use. */
            retired_at: string | null;
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
         * @description The keys that have signed log records: a JSON Web Key Set (RFC 7517).
         * @example {
         *       "keys": [
         *         {
         *           "kty": "OKP",
         *           "crv": "Ed25519",
         *           "alg": "EdDSA",
         *           "use": "sig",
         *           "kid": "2f9ac01b",
         *           "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
         *           "created_at": "2026-02-23T14:20:00.000000Z",
         *           "retired_at": null
         *         }
         *       ]
         *     }
         */
        LedgerKeysAnswer: {
            /** @description Every key, oldest first. */
            keys: components["schemas"]["LedgerKeyAnswer"][];
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
            /** @constant */
            code: "order_not_found";
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
         *           "finding_id": "FIND-1",
         *           "kind": "record_modified",
         *           "occurred_at": "2026-02-23T14:20:00.000000Z",
         *           "vendor_id": "VENDOR-001",
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *           "differences": [
         *             {
         *               "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *               "kind": "stock_after",
         *               "expected": 75,
         *               "found": 80
         *             }
         *           ]
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        PageOfFindingAnswer: {
            /** @description The items of the page; an empty page need not be the last. */
            items: components["schemas"]["FindingAnswer"][];
            /** @description `cursor` of the next page; null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @description A page of a list.
         * @example {
         *       "items": [
         *         {
         *           "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *           "timestamp": "2026-02-23T14:20:00.000000Z",
         *           "product_id": "PROD-E4F9A",
         *           "sku": "SKU-PROD-E4F9A-BLK-L",
         *           "vendor_id": "VENDOR-001",
         *           "transaction_type": "restock",
         *           "quantity_change": 25,
         *           "stock_before": 50,
         *           "stock_after": 75,
         *           "order_id": null,
         *           "performed_by": "VENDOR-001",
         *           "notes": "Monthly restock shipment from warehouse",
         *           "sequence": 1,
         *           "quantity": 25,
         *           "reserved_before": 5,
         *           "reserved_after": 5,
         *           "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *           "form": 1,
         *           "command": "restock",
         *           "reason": null,
         *           "order_step": null,
         *           "order_previous": null,
         *           "previous_hash": "0000000000000000000000000000000000000000000000000000000000000000",
         *           "hash": "dedbe30dea5bb26dc676610ef77ecf545b9e05c74dd7987143fadd857d96c076",
         *           "signature": "Z0sMnZbT3hOaVfVYl6iBDyYtTTG2M5yXkL1Y8S0RkYQ4cJm2w8h7d9oJ5bLq3pV6nT1uE0aXrC4fKgWsHiBvDA",
         *           "key_id": "k1"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        PageOfSelectedTransactionRecord: {
            /** @description The items of the page; an empty page need not be the last. */
            items: (components["schemas"]["TransactionRecord"] | components["schemas"]["SelectedTransactionRecord"])[];
            /** @description `cursor` of the next page; null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @description Units of a SKU that an order holds.
         * @example {
         *       "order_id": "ORDER-12345",
         *       "quantity": 5,
         *       "placed_at": "2026-02-23T14:20:00.000000Z",
         *       "age_seconds": 600,
         *       "expires_at": "2026-02-24T14:20:00.000000Z"
         *     }
         */
        ReservationAnswer: {
            /** @description The order; its order system chooses the id. */
            order_id: string;
            /** @description The units concerned. */
            quantity: number;
            /** @description When the order was placed. */
            placed_at: string;
            /** @description How long the order has held the units. */
            age_seconds: number;
            /**
             * Format: date-time
             * @description When the hold ends and reserved units are released.
             */
            expires_at: string | null;
        };
        /**
         * @description The orders that hold units of a SKU now, oldest first.
         * @example {
         *       "sku": "SKU-PROD-E4F9A-BLK-L",
         *       "sequence": 1,
         *       "reserved_stock": 5,
         *       "reservations": [
         *         {
         *           "order_id": "ORDER-12345",
         *           "quantity": 5,
         *           "placed_at": "2026-02-23T14:20:00.000000Z",
         *           "age_seconds": 600,
         *           "expires_at": "2026-02-24T14:20:00.000000Z"
         *         }
         *       ],
         *       "unaccounted": 0
         *     }
         */
        ReservationsAnswer: {
            /** @description The product variant that stock is kept for. */
            sku: string;
            /** @description Counts the SKU's log records, from 1 without a gap. */
            sequence: number;
            /** @description Units in stock that are reserved for orders. */
            reserved_stock: number;
            /** @description One for each order. */
            reservations: components["schemas"]["ReservationAnswer"][];
            /** @description Reserved units whose orders were placed before the records that were read. */
            unaccounted: number;
        };
        /**
         * @description The members of TransactionRecord that `fields` names.
         * @example {
         *       "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
         *       "timestamp": "2026-02-23T14:20:00.000000Z"
         *     }
         */
        SelectedTransactionRecord: {
            /** @description The log record; its id is derived from SKU and sequence. */
            transaction_id?: string;
            /**
             * Format: date-time
             * @description When it happened; strictly increasing within one SKU.
             */
            timestamp?: string;
            /** @description The product; the server generates its id. */
            product_id?: string;
            /** @description The product variant that stock is kept for. */
            sku?: string;
            /** @description The vendor that owns it. */
            vendor_id?: string;
            /** @description The type of stock change: restock, order_placed, order_confirmed, order_cancelled, refund, manual_adjustment. Later versions may have others, which clients ignore. */
            transaction_type?: string;
            /** @description The change of `current_stock`. */
            quantity_change?: number;
            /** @description `current_stock` before it. */
            stock_before?: number;
            /** @description `current_stock` after it. */
            stock_after?: number;
            /** @description The order of the units; null for restocks and adjustments. */
            order_id?: string | null;
            /** @description Who did it, taken from the token. */
            performed_by?: string;
            /** @description The reason; at most 300 bytes of UTF-8. */
            notes?: string | null;
            /** @description Counts the SKU's log records, from 1 without a gap. */
            sequence?: number;
            /** @description The units concerned. */
            quantity?: number;
            /** @description `reserved_stock` before it. */
            reserved_before?: number;
            /** @description `reserved_stock` after it. */
            reserved_after?: number;
            /** @description The X-Request-Id of the request. */
            request_id?: string;
            /** @description The form of the record: which attributes it has. */
            form?: number;
            /** @description What was asked for: restock, adjust, place, confirm, cancel, expire, release, refund, amend, reopen. */
            command?: string;
            /** @description Why the units of an order were cancelled or refunded, as a word. */
            reason?: string | null;
            /** @description Counts the records of the order's line, from 1; null without an order. */
            order_step?: number | null;
            /** @description `sequence` of the line's previous record; null for its first. */
            order_previous?: number | null;
            /** @description `hash` of the SKU's previous record; 64 zeros for the first. */
            previous_hash?: string;
            /** @description SHA-256 of the RFC 8785 form of this object without `hash`, `signature` and `key_id`. */
            hash?: string;
            /** @description The Ed25519 signature of the 32 bytes of `hash`, in base64url. */
            signature?: string;
            /** @description The ledger key that signed it (`GET /ledger-keys`). */
            key_id?: string;
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
            /** @constant */
            code: "sku_not_found";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The SKUs that were not found. */
            skus?: string[];
        };
        /**
         * @description A SKU's stock at a point in time, with the last transaction before it.
         * @example {
         *       "time": "2026-02-23T14:20:00.000000Z",
         *       "current_stock": 75,
         *       "reserved_stock": 5,
         *       "available_stock": 70,
         *       "transaction": null
         *     }
         */
        StockAtAnswer: {
            /** @description The requested time. */
            time: string;
            /** @description Units in stock. */
            current_stock: number;
            /** @description Units in stock that are reserved for orders. */
            reserved_stock: number;
            /** @description Units for sale: `current_stock - reserved_stock`. */
            available_stock: number;
            /** @description The last log record at or before this time; null before the first. */
            transaction: components["schemas"]["TransactionRecord"] | null;
        };
        /**
         * @description More log records of the order than one request may read are as new as the page, or newer.
         * @example {
         *       "type": "urn:inventory:problem:too_many_records",
         *       "title": "The order has too many records for this page",
         *       "status": 422,
         *       "code": "too_many_records",
         *       "detail": "More log records of the order than one request may read are as new as the page, or newer.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        TooManyRecords: {
            /** @constant */
            type: "urn:inventory:problem:too_many_records";
            /** @constant */
            title: "The order has too many records for this page";
            /** @constant */
            status: 422;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            code: "too_many_records";
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
         * @description The log record does not exist, or belongs to another vendor.
         * @example {
         *       "type": "urn:inventory:problem:transaction_not_found",
         *       "title": "Transaction not found",
         *       "status": 404,
         *       "code": "transaction_not_found",
         *       "detail": "The log record does not exist, or belongs to another vendor.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11"
         *     }
         */
        TransactionNotFound: {
            /** @constant */
            type: "urn:inventory:problem:transaction_not_found";
            /** @constant */
            title: "Transaction not found";
            /** @constant */
            status: 404;
            /** @constant */
            code: "transaction_not_found";
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
         * @description The result of checking a page of a SKU's log, record by record.
         * @example {
         *       "checked": 7,
         *       "head_hash": "0000000000000000000000000000000000000000000000000000000000000000",
         *       "findings": [],
         *       "next_cursor": null
         *     }
         */
        VerificationAnswer: {
            /** @description The number of records that were checked. */
            checked: number;
            /** @description The live SKU's `ledger_hash`; null if the SKU does not exist. */
            head_hash: string | null;
            /** @description All differences; empty if there are none. */
            findings: components["schemas"]["DifferenceAnswer"][];
            /** @description `cursor` of the next page; null on the last page. */
            next_cursor: string | null;
        };
    };
    responses: {
        /** @description `archive_not_configured`: The stage has no archive, and the findings are stored there. */
        ArchiveNotConfigured: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ArchiveNotConfigured"];
            };
        };
        /** @description `archive_unavailable`: The archive, which stores the findings, cannot be reached.; `identity_unavailable`: The token issuer's keys cannot be fetched. */
        ArchiveUnavailableOrIdentityUnavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ArchiveUnavailable"] | components["schemas"]["IdentityUnavailable"];
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
        /** @description `identity_unavailable`: The token issuer's keys cannot be fetched.; `ledger_key_unavailable`: The key that signs stock changes, or the published keys that verify them, cannot be read. */
        IdentityUnavailableOrLedgerKeyUnavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /** @description The seconds after which the same request can be repeated. */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["IdentityUnavailable"] | components["schemas"]["LedgerKeyUnavailable"];
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
        /** @description `invalid_input`: Parameters or body are not valid.; `too_many_records`: More log records of the order than one request may read are as new as the page, or newer. */
        InvalidInputOrTooManyRecords: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InvalidInput"] | components["schemas"]["TooManyRecords"];
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
        /** @description `transaction_not_found`: The log record does not exist, or belongs to another vendor. */
        TransactionNotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["TransactionNotFound"];
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
    };
    parameters: {
        /**
         * @description Identifies the request in its response, in logs and in log records: 1 to 64 of `A-Za-z0-9._:-`; any other value is replaced by a generated one.
         * @example 9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11
         */
        RequestId: string;
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
         * @description The log record; its id is derived from SKU and sequence.
         * @example TXN-550e8400-e29b-41d4-a716-446655440000
         */
        transaction_id: string;
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
    get_transaction: {
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
                 * @description The log record; its id is derived from SKU and sequence.
                 * @example TXN-550e8400-e29b-41d4-a716-446655440000
                 */
                transaction_id: components["parameters"]["transaction_id"];
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
                    "application/json": components["schemas"]["TransactionRecord"];
                };
            };
            400: components["responses"]["InvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["TransactionNotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
        };
    };
    list_product_transactions: {
        parameters: {
            query?: {
                /** @description Only records written at this time or later. */
                from?: string;
                /** @description Only records written before this time; must be later than `from`. */
                to?: string;
                /** @description Only records of this type. */
                transaction_type?: "restock" | "order_placed" | "order_confirmed" | "order_cancelled" | "refund" | "manual_adjustment";
                /** @description By time, oldest (`asc`) or newest (`desc`) first. */
                order?: "asc" | "desc";
                /** @description The maximum number of items of a page. A page holds less than 1 MB of items as they are stored, so it may have fewer. */
                limit?: number;
                /** @description The members that each item has, separated by commas; by default all. */
                fields?: ("transaction_id" | "timestamp" | "product_id" | "sku" | "vendor_id" | "transaction_type" | "quantity_change" | "stock_before" | "stock_after" | "order_id" | "performed_by" | "notes" | "sequence" | "quantity" | "reserved_before" | "reserved_after" | "request_id" | "form" | "command" | "reason" | "order_step" | "order_previous" | "previous_hash" | "hash" | "signature" | "key_id")[];
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
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSelectedTransactionRecord"];
                    "text/csv": string;
                    "application/x-ndjson": string;
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
    list_vendor_transactions: {
        parameters: {
            query?: {
                /** @description Only records written at this time or later. */
                from?: string;
                /** @description Only records written before this time; must be later than `from`. */
                to?: string;
                /** @description Only records of this type. */
                transaction_type?: "restock" | "order_placed" | "order_confirmed" | "order_cancelled" | "refund" | "manual_adjustment";
                /** @description By time, oldest (`asc`) or newest (`desc`) first. */
                order?: "asc" | "desc";
                /** @description The maximum number of items of a page. A page holds less than 1 MB of items as they are stored, so it may have fewer. */
                limit?: number;
                /** @description The members that each item has, separated by commas; by default all. */
                fields?: ("transaction_id" | "timestamp" | "product_id" | "sku" | "vendor_id" | "transaction_type" | "quantity_change" | "stock_before" | "stock_after" | "order_id" | "performed_by" | "notes" | "sequence" | "quantity" | "reserved_before" | "reserved_after" | "request_id" | "form" | "command" | "reason" | "order_step" | "order_previous" | "previous_hash" | "hash" | "signature" | "key_id")[];
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
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSelectedTransactionRecord"];
                    "text/csv": string;
                    "application/x-ndjson": string;
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
    list_sku_transactions: {
        parameters: {
            query?: {
                /** @description Only records written at this time or later. */
                from?: string;
                /** @description Only records written before this time; must be later than `from`. */
                to?: string;
                /** @description Only records of this type. */
                transaction_type?: "restock" | "order_placed" | "order_confirmed" | "order_cancelled" | "refund" | "manual_adjustment";
                /** @description By time, oldest (`asc`) or newest (`desc`) first. */
                order?: "asc" | "desc";
                /** @description The maximum number of items of a page. A page holds less than 1 MB of items as they are stored, so it may have fewer. */
                limit?: number;
                /** @description The members that each item has, separated by commas; by default all. */
                fields?: ("transaction_id" | "timestamp" | "product_id" | "sku" | "vendor_id" | "transaction_type" | "quantity_change" | "stock_before" | "stock_after" | "order_id" | "performed_by" | "notes" | "sequence" | "quantity" | "reserved_before" | "reserved_after" | "request_id" | "form" | "command" | "reason" | "order_step" | "order_previous" | "previous_hash" | "hash" | "signature" | "key_id")[];
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
                    Link: components["headers"]["Link"];
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSelectedTransactionRecord"];
                    "text/csv": string;
                    "application/x-ndjson": string;
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
    verify_sku: {
        parameters: {
            query?: {
                /** @description The maximum number of records that are read from the index. */
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
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerificationAnswer"];
                };
            };
            400: components["responses"]["InvalidCursorOrInvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["SkuNotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
        };
    };
    get_stock_at: {
        parameters: {
            query: {
                /** @description The point in time; a record at exactly this time counts. */
                time: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockAtAnswer"];
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
    get_reservations: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReservationsAnswer"];
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
    get_timeline: {
        parameters: {
            query?: {
                /** @description Only records written at this time or later. */
                from?: string;
                /** @description Only records written before this time; must be later than `from`. */
                to?: string;
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
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
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
    list_order_transactions: {
        parameters: {
            query?: {
                /** @description The maximum number of items of a page. A page holds less than 1 MB of items as they are stored, so it may have fewer. */
                limit?: number;
                /** @description The members that each item has, separated by commas; by default all. */
                fields?: ("transaction_id" | "timestamp" | "product_id" | "sku" | "vendor_id" | "transaction_type" | "quantity_change" | "stock_before" | "stock_after" | "order_id" | "performed_by" | "notes" | "sequence" | "quantity" | "reserved_before" | "reserved_after" | "request_id" | "form" | "command" | "reason" | "order_step" | "order_previous" | "previous_hash" | "hash" | "signature" | "key_id")[];
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
                    Link: components["headers"]["Link"];
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSelectedTransactionRecord"];
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["InvalidCursorOrInvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["OrderNotFound"];
            422: components["responses"]["InvalidInputOrTooManyRecords"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
        };
    };
    list_findings: {
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
                    "Content-Disposition": components["headers"]["Content-Disposition"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfFindingAnswer"];
                    "text/csv": string;
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["InvalidCursorOrInvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            501: components["responses"]["ArchiveNotConfigured"];
            503: components["responses"]["ArchiveUnavailableOrIdentityUnavailable"];
        };
    };
    list_ledger_keys: {
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
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LedgerKeysAnswer"];
                };
            };
            400: components["responses"]["InvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["IdentityUnavailableOrLedgerKeyUnavailable"];
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

// Generated from services/catalog/openapi.json by npm run types; do not edit.

export interface paths {
    "/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the products of a category, active ones by default
         * @description Anybody may use it; a token is not needed, but one that is sent has to be valid. With `active=false` it needs a token of the role admin or auditor.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["browse_category"];
        put?: never;
        /**
         * Create a product
         * @description It needs a token of the role admin or vendor. A vendor reaches only what is its own.
         *
         *     With an `Idempotency-Key`, sent again with the same key, it is executed once.
         */
        post: operations["create_product"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{product_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a product
         * @description Anybody may use it; a token is not needed, but one that is sent has to be valid.
         */
        get: operations["get_product"];
        put?: never;
        post?: never;
        /**
         * Deactivate a product; it is not deleted
         * @description An inactive product is 204, whatever If-Match expects.  With an Idempotency-Key, a repeated request
         *     changes nothing, even if the product was reactivated since.
         *
         *     It needs a token of the role admin or vendor. A vendor reaches only what is its own.
         *
         *     With an `Idempotency-Key`, sent again with the same key, it is executed once. With `If-Match`, only the version that was read is changed; any other is refused with 412.
         */
        delete: operations["deactivate_product"];
        options?: never;
        head?: never;
        /**
         * Change a product; `{"is_active": true}` reactivates it
         * @description Attributes that have the wanted values already are no change, and 200 whatever If-Match expects.  With
         *     an Idempotency-Key, a repeated request returns the product as it is now, and undoes nobody's later
         *     change.
         *
         *     It needs a token of the role admin or vendor. A vendor reaches only what is its own.
         *
         *     With an `Idempotency-Key`, sent again with the same key, it is executed once. With `If-Match`, only the version that was read is changed; any other is refused with 412.
         */
        patch: operations["change_product"];
        trace?: never;
    };
    "/vendors/{vendor_id}/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a vendor's products, inactive ones too
         * @description A product keeps its place in the list when it changes: a walk through the pages shows every product
         *     that existed when it began.  With `name`, `limit` counts the products that are compared, so that a
         *     page may have fewer or none, and a next page.  With `external_id` there is one page, and no cursor.
         *
         *     It needs a token of the role admin, auditor or vendor. A vendor reaches only what is its own.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_vendor_products"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the categories that have active products, by name
         * @description A product is counted within about a second after it was created, changed or deactivated.
         *
         *     Anybody may use it; a token is not needed, but one that is sent has to be valid.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_categories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/vendors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the vendors that have products, also if none of them is active, by id
         * @description A product is counted within about a second after it was created, changed or deactivated.
         *
         *     It needs a token of the role admin or auditor.
         *
         *     It returns a page of the list: at most `limit` items, and `next_cursor` if there are more. Items that change while pages are read may be missing or appear twice.
         */
        get: operations["list_vendors"];
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
         * @description A category and its number of active products.
         * @example {
         *       "category": "Electronics",
         *       "active_products": 42
         *     }
         */
        CategoryAnswer: {
            /** @description The main category of products. */
            category: string;
            /** @description How many active products it has. */
            active_products: number;
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
         * @description The vendor has another product with this external id.
         * @example {
         *       "type": "urn:inventory:problem:external_id_exists",
         *       "title": "The external id is already in use",
         *       "status": 409,
         *       "code": "external_id_exists",
         *       "detail": "The vendor has another product with this external id.",
         *       "request_id": "9c1f6a0e-8f0b-4b8e-9d0c-2f7f5f6f9f11",
         *       "product_id": "PROD-E4F9A"
         *     }
         */
        ExternalIdExists: {
            /** @constant */
            type: "urn:inventory:problem:external_id_exists";
            /** @constant */
            title: "The external id is already in use";
            /** @constant */
            status: 409;
            /** @constant */
            code: "external_id_exists";
            /** @description A sentence for people. */
            detail: string;
            /** @description The X-Request-Id of the request. */
            request_id: string;
            /** @description The product; the server generates its id. */
            product_id?: string;
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
         * @description A product to be created: the attributes of `Product` that its creator sets. A vendor's token determines `vendor_id`; an admin has to send it.
         * @example {
         *       "vendor_id": "VENDOR-001",
         *       "product_name": "Wireless Bluetooth Headphones",
         *       "description": "Premium over-ear headphones with active noise cancellation",
         *       "category": "Electronics",
         *       "subcategory": "Audio",
         *       "brand": "SoundMax",
         *       "base_price": 89.99,
         *       "images": [
         *         "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img1.jpg",
         *         "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img2.jpg"
         *       ],
         *       "tags": [
         *         "wireless",
         *         "bluetooth",
         *         "audio",
         *         "headphones"
         *       ],
         *       "external_id": "HEADPHONES-1"
         *     }
         */
        NewProduct: {
            /** @description The vendor that owns it. */
            vendor_id?: string | null;
            /** @description Display name. */
            product_name: string;
            /** @description Detailed product description, of one or more lines. */
            description?: string | null;
            /** @description Main category. */
            category: string;
            /** @description Subcategory. */
            subcategory?: string | null;
            /** @description Brand name. */
            brand?: string | null;
            /** @description Base selling price. */
            base_price: number;
            /** @description URLs of images. */
            images?: string[] | null;
            /** @description Tags for search and filters. */
            tags?: string[] | null;
            /** @description The vendor's own id for the product: unique per vendor, immutable. */
            external_id?: string | null;
        };
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
         *           "category": "Electronics",
         *           "active_products": 42
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        PageOfCategoryAnswer: {
            /** @description The items of the page; an empty page need not be the last. */
            items: components["schemas"]["CategoryAnswer"][];
            /** @description `cursor` of the next page; null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @description A page of a list.
         * @example {
         *       "items": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "vendor_id": "VENDOR-001",
         *           "product_name": "Wireless Bluetooth Headphones",
         *           "description": "Premium over-ear headphones with active noise cancellation",
         *           "category": "Electronics",
         *           "subcategory": "Audio",
         *           "brand": "SoundMax",
         *           "base_price": 89.99,
         *           "images": [
         *             "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img1.jpg",
         *             "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img2.jpg"
         *           ],
         *           "tags": [
         *             "wireless",
         *             "bluetooth",
         *             "audio",
         *             "headphones"
         *           ],
         *           "is_active": true,
         *           "created_at": "2026-02-23T10:30:00.000000Z",
         *           "updated_at": "2026-02-23T10:30:00.000000Z",
         *           "version": 1,
         *           "external_id": "HEADPHONES-1"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        PageOfProduct: {
            /** @description The items of the page; an empty page need not be the last. */
            items: components["schemas"]["Product"][];
            /** @description `cursor` of the next page; null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @description A page of a list.
         * @example {
         *       "items": [
         *         {
         *           "product_id": "PROD-E4F9A",
         *           "vendor_id": "VENDOR-001",
         *           "product_name": "Wireless Bluetooth Headphones",
         *           "description": "Premium over-ear headphones with active noise cancellation",
         *           "category": "Electronics",
         *           "subcategory": "Audio",
         *           "brand": "SoundMax",
         *           "base_price": 89.99,
         *           "images": [
         *             "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img1.jpg",
         *             "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img2.jpg"
         *           ],
         *           "tags": [
         *             "wireless",
         *             "bluetooth",
         *             "audio",
         *             "headphones"
         *           ],
         *           "is_active": true,
         *           "created_at": "2026-02-23T10:30:00.000000Z",
         *           "updated_at": "2026-02-23T10:30:00.000000Z",
         *           "version": 1,
         *           "external_id": "HEADPHONES-1"
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        PageOfSelectedProduct: {
            /** @description The items of the page; an empty page need not be the last. */
            items: (components["schemas"]["Product"] | components["schemas"]["SelectedProduct"])[];
            /** @description `cursor` of the next page; null on the last page. */
            next_cursor: string | null;
        };
        /**
         * @description A page of a list.
         * @example {
         *       "items": [
         *         {
         *           "vendor_id": "VENDOR-001",
         *           "products": 50,
         *           "active_products": 42
         *         }
         *       ],
         *       "next_cursor": null
         *     }
         */
        PageOfVendorAnswer: {
            /** @description The items of the page; an empty page need not be the last. */
            items: components["schemas"]["VendorAnswer"][];
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
         * @description A product of one vendor, under the attribute names of the specification.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "vendor_id": "VENDOR-001",
         *       "product_name": "Wireless Bluetooth Headphones",
         *       "description": "Premium over-ear headphones with active noise cancellation",
         *       "category": "Electronics",
         *       "subcategory": "Audio",
         *       "brand": "SoundMax",
         *       "base_price": 89.99,
         *       "images": [
         *         "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img1.jpg",
         *         "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img2.jpg"
         *       ],
         *       "tags": [
         *         "wireless",
         *         "bluetooth",
         *         "audio",
         *         "headphones"
         *       ],
         *       "is_active": true,
         *       "created_at": "2026-02-23T10:30:00.000000Z",
         *       "updated_at": "2026-02-23T10:30:00.000000Z",
         *       "version": 1,
         *       "external_id": "HEADPHONES-1"
         *     }
         */
        Product: {
            /** @description The product; the server generates its id. */
            product_id: string;
            /** @description The vendor that owns it. */
            vendor_id: string;
            /** @description Display name. */
            product_name: string;
            /** @description Detailed product description, of one or more lines. */
            description: string | null;
            /** @description Main category. */
            category: string;
            /** @description Subcategory. */
            subcategory: string | null;
            /** @description Brand name. */
            brand: string | null;
            /** @description Base selling price. */
            base_price: number;
            /** @description URLs of images. */
            images: string[] | null;
            /** @description Tags for search and filters. */
            tags: string[] | null;
            /** @description Whether it is offered; DELETE only sets this to false. */
            is_active: boolean;
            /**
             * Format: date-time
             * @description When it was created.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
            /** @description Counts every change; the ETag. */
            version: number;
            /** @description The vendor's own id for the product: unique per vendor, immutable. */
            external_id: string | null;
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
         * @description The attributes of a product to change: one that is absent stays, null removes an optional one.
         * @example {
         *       "product_name": "Wireless Bluetooth Headphones",
         *       "description": "Premium over-ear headphones with active noise cancellation",
         *       "category": "Electronics",
         *       "subcategory": "Audio",
         *       "brand": "SoundMax",
         *       "base_price": 89.99,
         *       "images": [
         *         "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img1.jpg",
         *         "https://shopsmart-inventory-images.s3.ap-south-1.amazonaws.com/PROD-E4F9A_img2.jpg"
         *       ],
         *       "tags": [
         *         "wireless",
         *         "bluetooth",
         *         "audio",
         *         "headphones"
         *       ],
         *       "is_active": true
         *     }
         */
        ProductPatch: {
            /** @description Display name. */
            product_name?: string;
            /** @description Detailed product description, of one or more lines. */
            description?: string | null;
            /** @description Main category. */
            category?: string;
            /** @description Subcategory. */
            subcategory?: string | null;
            /** @description Brand name. */
            brand?: string | null;
            /** @description Base selling price. */
            base_price?: number;
            /** @description URLs of images. */
            images?: string[] | null;
            /** @description Tags for search and filters. */
            tags?: string[] | null;
            /** @description Whether it is offered; DELETE only sets this to false. */
            is_active?: boolean;
        };
        /**
         * @description The members of Product that `fields` names.
         * @example {
         *       "product_id": "PROD-E4F9A",
         *       "vendor_id": "VENDOR-001"
         *     }
         */
        SelectedProduct: {
            /** @description The product; the server generates its id. */
            product_id?: string;
            /** @description The vendor that owns it. */
            vendor_id?: string;
            /** @description Display name. */
            product_name?: string;
            /** @description Detailed product description, of one or more lines. */
            description?: string | null;
            /** @description Main category. */
            category?: string;
            /** @description Subcategory. */
            subcategory?: string | null;
            /** @description Brand name. */
            brand?: string | null;
            /** @description Base selling price. */
            base_price?: number;
            /** @description URLs of images. */
            images?: string[] | null;
            /** @description Tags for search and filters. */
            tags?: string[] | null;
            /** @description Whether it is offered; DELETE only sets this to false. */
            is_active?: boolean;
            /**
             * Format: date-time
             * @description When it was created.
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at?: string;
            /** @description Counts every change; the ETag. */
            version?: number;
            /** @description The vendor's own id for the product: unique per vendor, immutable. */
            external_id?: string | null;
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
        /**
         * @description A vendor and its numbers of products.
         * @example {
         *       "vendor_id": "VENDOR-001",
         *       "products": 50,
         *       "active_products": 42
         *     }
         */
        VendorAnswer: {
            /** @description The vendor that owns it. */
            vendor_id: string;
            /** @description How many products it has, inactive ones too. */
            products: number;
            /** @description How many of its products are active. */
            active_products: number;
        };
    };
    responses: {
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
        /** @description `external_id_exists`: The vendor has another product with this external id. */
        ExternalIdExists: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ExternalIdExists"];
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
         * @description The product; the server generates its id.
         * @example PROD-E4F9A
         */
        product_id: string;
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
    browse_category: {
        parameters: {
            query: {
                /**
                 * @description The main category; must match exactly.
                 * @example Electronics
                 */
                category: string;
                /** @description `true` lists active products, `false` inactive ones. */
                active?: "true" | "false";
                /** @description Only products of this subcategory. */
                subcategory?: string;
                /** @description Only products of this brand. */
                brand?: string;
                /** @description Only products with this tag. */
                tag?: string;
                /** @description Only products whose base price is this or more. */
                min_price?: number;
                /** @description Only products whose base price is this or less; must not be below `min_price`. */
                max_price?: number;
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
                    "application/json": components["schemas"]["PageOfProduct"];
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
    create_product: {
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
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProduct"];
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
                    "application/json": components["schemas"]["Product"];
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
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["InvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["ExternalIdExists"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrOutcomeUnknown"];
        };
    };
    get_product: {
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
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["InvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            404: components["responses"]["ProductNotFound"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
        };
    };
    deactivate_product: {
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
            404: components["responses"]["ProductNotFound"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrOutcomeUnknown"];
        };
    };
    change_product: {
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
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProductPatch"];
                "application/merge-patch+json": components["schemas"]["ProductPatch"];
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
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["InvalidEncodingOrInvalidIdempotencyKeyOrInvalidJson"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["ProductNotFound"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReusedOrInvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["BusyOrDatabaseUnavailableOrIdentityUnavailableOrOutcomeUnknown"];
        };
    };
    list_vendor_products: {
        parameters: {
            query?: {
                /** @description Only products created at this time or later. */
                created_from?: string;
                /** @description Only products created before this time; must be later than `created_from`. */
                created_to?: string;
                /** @description By creation time, oldest (`asc`) or newest (`desc`) first. */
                order?: "asc" | "desc";
                /** @description Only the product with this id of the vendor's own; must match exactly. */
                external_id?: string;
                /** @description Only products whose name begins with this, in capitals or not. */
                name?: string;
                /** @description The maximum number of items of a page. A page holds less than 1 MB of items as they are stored, so it may have fewer. */
                limit?: number;
                /** @description The members that each item has, separated by commas; by default all. */
                fields?: ("product_id" | "vendor_id" | "product_name" | "description" | "category" | "subcategory" | "brand" | "base_price" | "images" | "tags" | "is_active" | "created_at" | "updated_at" | "version" | "external_id")[];
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfSelectedProduct"];
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
    list_categories: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfCategoryAnswer"];
                };
            };
            400: components["responses"]["InvalidCursorOrInvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            422: components["responses"]["InvalidInput"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
        };
    };
    list_vendors: {
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
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfVendorAnswer"];
                };
            };
            400: components["responses"]["InvalidCursorOrInvalidEncoding"];
            401: components["responses"]["Unauthenticated"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["InvalidInput"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["DatabaseUnavailableOrIdentityUnavailable"];
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

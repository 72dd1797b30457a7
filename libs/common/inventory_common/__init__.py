"""What the catalog, stock and audit services share: names, types and conventions.

=========================  ==========================================================================
`ids`                      the patterns of all ids, and how they are generated
`schema`                   the names of tables, indexes and key attributes
`limits`                   the limits of the API
`dynamodb_limits`          the limits that DynamoDB sets
`tuning`                   the settings of the services' own behaviour
`values`                   classes that are compared by content, cheap to declare
`timestamps`               timestamps in the one text form that sorts
`items`                    DynamoDB's attribute values and Python's, both ways
`item_parser`              the reading of items in DynamoDB's responses, faster than botocore's own
`attributes`               the types of attributes: checks, and JSON Schemas for the documents
`products`, `skus`         products and SKUs, stored and served; each attribute is declared once
`exact_json`               JSON that preserves numbers exactly
`spreadsheets`             texts of CSV files that spreadsheets do not evaluate
`transactions`             the log's records, the rules of each transaction type, and the hash chain
`ledger`                   the rules that every record of a SKU's log obeys
`ledger_keys`              the keys that sign the log, as they are stored and published
`ledger_key_store`         reads the published keys
`archive_keys`             where the archive of the log has its records, and in which epoch of the tables
`order_fold`               an order's line as the sum of its log records
`seals`                    which items of orders the stock service itself has written
`stored_types`             the types of stored attributes, which their readers check
`order_items`              stored orders: their keys, held units, place in the index, and damage
`bound_items`              the key of vendors' low-stock bounds
`barcode_lookups`          the keys of the items by which SKUs are found by their barcodes
`pages`                    one Query for one page, and its cursor
`idempotency`              the keys and records by which a repeated command is executed once
`preconditions`            If-Match and ETag
`errors`, `problems`       every error, and its form in HTTP
`identity`                 tokens and principals
`budgets`                  how much each order system and vendor may ask of a process
`owners`                   which order systems see the orders of which owners
`signing_keys`             the keys of the token issuer, when they are fetched and how long they are used
`bodies`                   the bodies of requests, validated by pydantic
`requests`                 the parts of a request, checked one by one
`responses`                the responses of a route
`browser_headers`          what a browser may do with a response that it opens
`declarations`             what a route declares, for its checks and for the service's document
`reference_pages`          a service's OpenAPI document and the page that shows it, served as files
`rest`                     a REST service: Chalice with these conventions
`conditions`               the conditions of conditional writes
`change_ids`               recognises a change whose response was lost
`lost_answers`             sends a change again whose answer was lost, until its outcome is known
`retry_policy`             how a write that conflicts with another is retried
`dynamodb`                 the client, and what its calls consume
`log_lines`                the log, one JSON object a line
`malformed_items`          items that cannot be read: left out, and reported once
`streams`                  changes of items, and how a batch of them is processed
`schedules`                work that runs on a schedule
`alerts`, `alert_topic`    alerts, and where they are sent
`events`, `event_bus`      events and their form, and the bus that they are sent to
`event_delivery`           sends the events of changes, up to the first that is not sent
`verify`                   verifies an exported log offline
`settings`                 environment variables
=========================  ==========================================================================

The library imports no service.  Each module lists its public names in ``__all__``.
"""

__version__ = "0.1.0"

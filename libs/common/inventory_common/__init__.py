"""What the catalog, stock and audit services share: the names, forms and conventions of the inventory.

======================  ===============================================================================
`ids`                   the forms of all ids, and how the server makes its own
`schema`                the names of tables, indexes and key attributes
`limits`                every limit by name
`values`                what is compared by its content, cheap to declare
`timestamps`            moments in the one form that sorts
`items`                 DynamoDB's attribute values and Python's, both ways
`products`, `skus`      the stored and served form of products and SKUs
`exact_json`            JSON without damage to numbers
`transactions`          the log's records, their types and effects, and the hash chain
`ledger`                what must hold of a SKU's log, record by record
`order_items`           what other services may know of stored orders
`pages`                 one Query for one page, and its cursor
`idempotency`           commands that are done once, however often they are sent
`preconditions`         If-Match and ETag
`errors`, `problems`    every outcome, and what HTTP makes of it
`identity`              tokens and principals
`fields`                the types of request bodies (pydantic)
`requests`              a request, checked piece by piece
`responses`             the answers of a route
`declarations`          what a route says of itself, for its checks and for the service's document
`reference_pages`       a service's OpenAPI document and the page that shows it, served as files
`rest`                  a REST service: Chalice with these conventions
`conditions`            what gateways demand of an item before they write
`retry_policy`            how a write that lost a race tries again
`dynamodb`              the client, and what its calls consume
`log_lines`             the log, one JSON object a line
`streams`               changes of items, and how a batch of them is worked off
`schedules`             work that is started on a schedule
`alerts`                what somebody should look at, and where it goes (`alert_topic`)
`verify`                an exported log, checked offline
`settings`              environment variables
======================  ===============================================================================

It imports no service.  Each module lists its public names in ``__all__``.
"""

__version__ = "0.1.0"

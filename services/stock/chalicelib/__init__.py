"""The stock service: SKUs, their stock, and the orders that reserve and settle it.

A request goes one way: ``app`` (routes) → ``stock_service`` (read, decide, commit, again if another writer
won) → ``reservations`` and ``stock_rules`` (what is allowed and what it changes; no I/O) →
``inventory_gateway`` (DynamoDB).  ``bootstrap`` wires them.
"""

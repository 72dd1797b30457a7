"""The catalog service: the products of all vendors.

A request goes one way: ``app`` (routes) → ``catalog_service`` (decide) → ``product_gateway`` (DynamoDB).
``product_rules`` says what a product may become and who sees it (no I/O); ``bootstrap`` wires them.
"""

"""The stock service: SKUs, their stock, and the orders that reserve and settle it.

A request goes one way, down through four rooms:

==================  ===================================================================================
`http`              routes: from a checked request to a command, from its outcome to a response
`engine`            executes commands: read, decide, commit, and again after a write conflict
`storage`           the items in DynamoDB, one store for each type, and the transaction that changes stock
`domain`            the rules: what each command requires and changes; no I/O
==================  ===================================================================================

`bootstrap` wires them.
"""

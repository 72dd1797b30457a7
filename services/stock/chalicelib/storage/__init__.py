"""The service's items in DynamoDB: one store for each type of item, and the transaction that changes stock.

==================  ===================================================================================
`database`          the client with the tables' names: get, batch get, query, transact
`items`             what the items of VendorInventory look like
`order_items`       orders and their parts as items, both ways
`transaction`       the actions of a transaction, each with its condition
`products`          products, read only
`skus`              SKUs
`orders`            orders
`bounds`            low-stock bounds
`sent_alerts`       alerts that were sent
`state`             what commands decide on and write: reads and writes across types of items
==================  ===================================================================================
"""

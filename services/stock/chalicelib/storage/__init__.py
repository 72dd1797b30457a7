"""The service's items in DynamoDB: one store for each type of item, and the transaction that commits write
sets.

==================  ===================================================================================
`database`          the client with the tables' names: get, batch get, query, scan
`items`             the items of VendorInventory and their keys
`order_items`       orders and their parts as items, both ways
`transaction`       the actions of a transaction, each with its condition
`products`          products, read only
`skus`              SKUs
`orders`            orders
`bounds`            low-stock bounds
`sent_alerts`       alerts that were sent
`state`             reads read sets and commits write sets, across types of items
==================  ===================================================================================
"""

"""The rules of stock and orders: what each command requires and changes.  No I/O.

==================  ===================================================================================
`commands`          what the service can be asked to do
`stock_rules`       one change of one SKU's stock, and the log record of it
`orders`            the order aggregate: its lines, its status, its saga
`decisions`         what a command decides on, and what it decides
`placing`           reserving the lines of a new order
`settlements`       confirming, cancelling and refunding
`holds`             expiring and extending
`saga_steps`        the steps of an order that takes several transactions
`stock_changes`     restocks and adjustments
`sku_rules`         new SKUs, and changes of their attributes
`low_stock`         alerts, and the bound that keeps the list of low SKUs cheap
==================  ===================================================================================
"""

"""The rules of stock and orders: what each command requires and changes.  No I/O.

==================  ===================================================================================
`commands`          validated requests, independent of HTTP
`stock_rules`       one change of one SKU's stock, and the log record of it
`orders`            the order aggregate: its lines, its status, its saga
`decisions`         what rules take and return
`placing`           placing: reserving the lines of a new order
`settlements`       settling: confirming, cancelling and refunding
`holds`             expiring and extending
`saga_steps`        the steps of commands that take several transactions
`stock_changes`     restocks and adjustments
`sku_rules`         new SKUs, and changes of their attributes
`low_stock`         alerts, and the bound that keeps listing low SKUs cheap
==================  ===================================================================================
"""

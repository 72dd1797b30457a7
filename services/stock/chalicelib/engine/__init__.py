"""How commands are executed: read, decide, commit, and retry after a write conflict.

==================  ===================================================================================
`skus`              creating and changing SKUs, and the lists of them
`stock`             restocks and adjustments
`orders`            commands on orders, one by one and in batches
`executor`          executes commands, many in one transaction if possible
`transaction_batch` groups commands into transactions and decides them
`batch_width`       how many SKUs one transaction batch writes
`contended_skus`    the SKUs over which this process has lost just now
`conflicts`         statistics of write conflicts, and what they suggest to do
`sku_cache`         SKUs as this process last wrote them
`sagas`             commands that take several transactions
`sweeper`           expires holds and continues sagas, on a schedule
`low_stock_bounds`  corrects low-stock bounds, on a schedule
`stream_handlers`   react to changed products and SKUs
==================  ===================================================================================
"""

"""Imports: from a file to the services in five steps, which a journal connects.

**read** opens the file and checks each row by itself; **read existing** fetches what the services have;
**compare** plans the differences; **execute** sends a few requests at a time; **undo** compensates an import
in reverse order.  Rows, plans and their rules are those of `inventory_imports`.  `products`, `skus`, `stock`
and `orders` send their rows (`importer`), `run` calls them, and `journal` keeps everything in a file, so that
the memory does not grow with the number of rows.
"""

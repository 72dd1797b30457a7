"""From the table of a file to planned changes: what the command line and a browser both run.

=============  ======================================================================================
`tables`       the rows of a file's bytes, and rejected rows in the format of their file
`sources`      what each form of tables returns: `delimited`, `json_tables` and `workbooks`
`encodings`    the encoding of a file
`mapping`      what the columns of any table mean
`rows`         the columns of each import, checked as the services check them
`reading`      from the rows of a table to checked rows
`products`     how products are recognized and compared; `skus`, `stock` and `orders` likewise
`reasons`      the kinds of reasons, to count rejected rows by
`plans`        what all of these share: actions, plans, and why a row is rejected
`comparing`    what to do for the rows that are one thing
`texts`        how mappings transform texts
`html_text`    the text of HTML
`cells`        the values of cells and options, both ways
`presets`      the files of shops, without a mapping
`in_memory`    an import whose rows are in memory; the command line has a journal
`commands`     the requests that execute what is planned
`page`         all of it for a page in a browser, as JSON texts
`resources`    the attributes of products and SKUs, from their declarations
=============  ======================================================================================

The library is pure Python: bytes and rows go in, planned changes and rejected rows come out.  It opens no
file and no connection, and imports nothing that does (a contract of the architecture says so).
"""

__version__ = "0.1.0"

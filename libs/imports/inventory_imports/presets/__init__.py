"""Presets: the files that shops export, as rows of products, SKUs and stock.

=============  ======================================================================================
`catalogue`    all presets, by name and by the header of a file
`assembling`   from the rows of a shop's file to checked rows: what belongs to one product is one
`shop_rows`    what a preset reads of a row, and the cells that it reads
`shopify`      and a module for every other shop: what its columns mean
`texts`        HTML, lists and category paths
`numbers`      prices and units as shops write them
`variants`     the variant of a SKU's id, from the shop's own SKU or from its options
=============  ======================================================================================

Rows of a file that describe one product (variants, further images, the parent of variants) are its rows
together.  Every row of the file counts once: with its product among the products; with its SKU among SKUs and
stock, and a row without a SKU of its own (an image, a parent) with the first SKU of its product.
"""

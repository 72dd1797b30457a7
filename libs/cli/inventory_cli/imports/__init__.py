"""From a file to the services, in five steps that a journal holds together.

**read** (`files`, `mapping`, `rows`): every row is checked by itself; **look**: what is there already, walked
page by page; **plan**: what differs; **carry out**: a few requests at a time; **take back**: an import's
compensation, in reverse.  `products`, `skus`, `stock` and `orders` say what each step means for their rows;
`journal` keeps all of it in a file, so that 10,000 rows need no more memory than ten; `run` goes through the
steps.
"""

"""The demo shop: real orders of a real assortment, loaded over HTTP and checked by reading back."""

"""The demo shop: real orders of real products, loaded over HTTP, read back and checked."""

"""The rotation of the keys that sign the stock log."""

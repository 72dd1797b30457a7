"""The tables, the archive's bucket and the signing key: one store for each type of item or object."""

"""Products-table: one store for each type of item."""

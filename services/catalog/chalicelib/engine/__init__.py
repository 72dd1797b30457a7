"""What the catalog service does: read, decide, write."""

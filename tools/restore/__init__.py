"""What the platform team does with tables that were restored to an earlier moment."""

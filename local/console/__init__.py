"""The console of the local stack: built beside it, and served by its front."""

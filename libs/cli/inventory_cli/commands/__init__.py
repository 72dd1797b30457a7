"""The groups of commands; `root` holds them all."""

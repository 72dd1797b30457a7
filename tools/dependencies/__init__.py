"""The locks of the dependencies: they are written, and compared with published advisories."""

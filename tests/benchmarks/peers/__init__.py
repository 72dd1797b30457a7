"""Other systems and this product, measured side by side: ``make bench-peers`` writes ``docs/peers.json``."""

"""The product beside its floors and its peers: ``make bench`` writes ``docs/performance.json`` and a page."""

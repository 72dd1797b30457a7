"""The service's routes: from a checked request to a query, from its result to a response."""

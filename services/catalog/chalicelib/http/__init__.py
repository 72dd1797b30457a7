"""The service's routes: from a checked request to a command, from its result to a response."""

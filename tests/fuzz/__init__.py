"""Trying the running services by their documents."""

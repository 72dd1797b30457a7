"""The services' OpenAPI documents, written from the routes and models themselves.

``python -m tools.openapi`` writes `services/*/openapi.json`.  A route's declaration says all that is special
to it; `attributes` says once what each attribute is, whose names mean the same everywhere.
"""

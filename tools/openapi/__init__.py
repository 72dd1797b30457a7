"""The services' OpenAPI documents, generated from the declarations of routes, bodies and resources.

``python -m tools.openapi`` writes `services/*/openapi.json`.
"""

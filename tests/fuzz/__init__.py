"""Fuzzing of the running services by their OpenAPI documents."""

"""Packaging services as zips for Lambda, and deploying them with Terraform."""

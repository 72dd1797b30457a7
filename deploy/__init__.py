"""Packages services for Lambda, and deploys them with Terraform."""

"""The local stack: everything around the three services that AWS provides in production.

``python -m local`` starts it (``make run``). Nothing in here is deployed.
"""

"""The audit service: the stock log, read only.

A request goes one way: ``app`` (routes) → ``audit_service`` (who sees what) → ``log_gateway`` (DynamoDB).
``bootstrap`` wires them.
"""

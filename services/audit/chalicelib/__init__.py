"""The audit service: the stock log, read only.

A request or event passes each room once: ``http`` (routes) → ``engine`` (queries, checks, exports) →
``storage`` (DynamoDB, S3, KMS), and each of them uses ``domain`` (values and rules, no I/O).  ``bootstrap``
wires them; ``operations`` runs what an operator starts by hand.
"""

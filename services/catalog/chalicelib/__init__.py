"""The catalog service: the products of all vendors.

A request passes each room once: ``http`` (routes) → ``engine`` (use cases) → ``storage`` (DynamoDB), and each
of them uses ``domain`` (commands and rules, no I/O).  ``bootstrap`` wires them.
"""

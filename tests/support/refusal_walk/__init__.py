"""Tests that every service's routes refuse what they must (design 4 and 5).

A service's tests state who may use each of its routes, and with which request, in a table of their own.  It
is compared with the routes of the application, so that no route can be forgotten, but not with what the
application declares about them.  `RefusalWalk` and `OrderOfChecks` are base classes whose tests run for each
row of the table.

==================  ===================================================================================
`route_table`       a row for each route: its roles, and a valid request to it
`sent`              a request, and ways to change it
`bad_tokens`        tokens and headers that must not be accepted
`failures`          AWS and the token issuer out of order
`refusals`          whether a response is the expected refusal, and what was called and stored
`walk`              the tests of roles, tokens, vendors and failures
`order_of_checks`   the tests of requests with two faults
==================  ===================================================================================
"""

from .order_of_checks import Fault, OrderOfChecks
from .refusals import aws_calls, stored
from .route_table import ANOTHER_VENDOR, EMPTY, EVERYBODY, OWN_ROUTES, SERVED, Route, Row, Table
from .sent import Sent, with_header, with_members, with_paths, with_query, without_query
from .walk import RefusalWalk

__all__ = [
    "ANOTHER_VENDOR",
    "EMPTY",
    "EVERYBODY",
    "OWN_ROUTES",
    "SERVED",
    "Fault",
    "OrderOfChecks",
    "RefusalWalk",
    "Route",
    "Row",
    "Sent",
    "Table",
    "aws_calls",
    "stored",
    "with_header",
    "with_members",
    "with_paths",
    "with_query",
    "without_query",
]

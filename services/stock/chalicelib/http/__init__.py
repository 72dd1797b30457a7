"""The service's routes, by subject: from a checked request to a command, from its outcome to a response.

==================  ===================================================================================
`skus`              the routes of SKUs and their lists
`stock`             the routes of restocks and adjustments
`orders`            the routes of orders
`bodies`            the bodies of requests
`answers`           the shapes of responses, for the service's document
`access`            who may use which routes
==================  ===================================================================================
"""

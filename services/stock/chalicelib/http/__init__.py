"""The service's routes, by subject: each turns a validated request into a command, and its outcome into a
response.

==================  ===================================================================================
`skus`              the routes of SKUs and their lists
`stock`             the routes of restocks and adjustments
`orders`            the routes of orders
`availability`      the route of availability
`bodies`            the bodies of requests
`answers`           types of responses, for the OpenAPI document
`access`            roles, and the actor of a command
==================  ===================================================================================
"""

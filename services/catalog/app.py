"""The catalog service's application, as Lambda and the local stack import it."""

from chalicelib.bootstrap import product_routes, rest_service

app = rest_service()
products = product_routes()
app.add(products)

"""``inventory``: a command line for the services, on `inventory_client`.

======================  ===============================================================================
`commands`              one module for each group of commands, and the root
`imports`               from a file to the services: read, compare, execute, undo
`exports`               from the services to a file that can be imported
`cells`                 the values of CSV files and options, both ways
`resources`             the attributes of products and SKUs, from their declarations
`output`                tables for people, JSON and CSV for programs
`profiles`              the addresses of the services, and the tokens
`exit_codes`            the exit codes
======================  ===============================================================================
"""

__version__ = "0.1.0"

"""``inventory``: the services on the command line, through `inventory_client`.

======================  ===============================================================================
`commands`              one module for each group of commands, and the root that holds them
`imports`               from a file to the services: read, check, compare, carry out, take back
`exports`               from the services to a file that can be imported again
`cells`                 the values of CSV files, both ways
`output`                tables for people, JSON and CSV for programs
`profiles`              where the services are and who asks
`exit_codes`            what the exit codes mean
======================  ===============================================================================
"""

__version__ = "0.1.0"

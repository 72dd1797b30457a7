"""``inventory``: a command line for the services, on `inventory_client`.

======================  ===============================================================================
`commands`              one module for each group of commands, and the root
`imports`               from planned changes to the services: files, journal, execute, undo
`exports`               from the services to a file that can be imported
`output`                tables for people, JSON and CSV for programs
`profiles`              the addresses of the services, and the tokens
`exit_codes`            the exit codes
======================  ===============================================================================
"""

__version__ = "0.1.0"

"""A shop that stays: what ``make run KEEP=FOLDER`` keeps from one run to the next.

`folder` has the kept folder: whose it is, which snapshot is current, who uses it.  `emulator_state` writes
the state of the embedded AWS to a snapshot and reads it back; `gate` pauses its writes; `saving` is the side
of the embedded AWS, `keeper` that of the supervisor, which decides when; `disk` makes files last.

docs/local-run.md describes it.
"""

"""The command ``inventory``; also ``python -m inventory_cli``."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Mapping, Sequence

import click
import httpx

from inventory_client import ClientError, NoAnswer, PlainHttpRefused, Problem, Retries, TokenUnavailable
from inventory_imports.tables import FileError

from . import exit_codes
from .commands.invocation import Invocation
from .commands.root import inventory
from .imports.journal import JournalError
from .output import say
from .profiles import ConfigurationError

__all__ = ["main", "run"]


def run(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    transport: httpx.BaseTransport | None = None,
    retries: Retries | None = None,
) -> int:
    """Run a command and return its exit code (see `exit_codes`)."""
    call = Invocation(environ, transport, retries)
    if any(not _is_unicode(argument) for argument in arguments):
        say("An argument is not UTF-8.", style="red")
        return exit_codes.WRONG_USAGE
    try:
        returned = inventory.main(list(arguments), "inventory", standalone_mode=False, obj=call)
        return returned if isinstance(returned, int) else exit_codes.DONE
    except click.exceptions.Exit as exited:
        return exited.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (ConfigurationError, FileError, JournalError, PlainHttpRefused) as error:
        say(str(error), style="red")
        return exit_codes.WRONG_USAGE
    except Problem as problem:
        say(str(problem), style="red")
        for each in problem.errors:
            say(f"  {each.path}: {each.message}")
        return exit_codes.REFUSED
    except (NoAnswer, TokenUnavailable) as error:
        say(str(error), style="red")
        return exit_codes.NO_ANSWER
    except ClientError as error:
        say(str(error), style="red")
        return exit_codes.REFUSED
    except SystemExit:
        # click and rich end the process so when the reader of standard output has closed it.
        return exit_codes.DONE
    except BrokenPipeError:
        raise
    except (OSError, sqlite3.Error) as error:
        say(_local_failure(error), style="red")
        return exit_codes.LOCAL_FAILURE
    except (click.Abort, KeyboardInterrupt):
        say(
            "Interrupted; requests already sent took effect. To continue, repeat the command.", style="yellow"
        )
        return exit_codes.INTERRUPTED


def _local_failure(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, sqlite3.Error):
        what = f"The journal of the import cannot be read or written: {error}"
    elif error.filename:
        what = f"{error.filename} cannot be read or written: {error.strerror or error}"
    else:
        what = f"The output cannot be written: {error.strerror or error}"
    return f"{what}. Requests already sent took effect; repeat the command when this is corrected."


def _is_unicode(argument: str) -> bool:
    # Python decodes a byte that is not UTF-8 as a lone surrogate.
    return not any("\ud800" <= character <= "\udfff" for character in argument)


def main() -> None:
    """Run the command of the command line."""
    code = exit_codes.DONE
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    try:
        code = run(sys.argv[1:], os.environ)
        sys.stdout.flush()
    except OSError as error:
        # A reader that has closed the pipe is no error; one that was reported is not reported again.
        if code == exit_codes.DONE and not isinstance(error, BrokenPipeError):
            say(_local_failure(error), style="red")
            code = exit_codes.LOCAL_FAILURE
        # Python must not flush to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()

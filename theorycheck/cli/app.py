"""Commands and options. What goes wrong becomes one message and an exit code; a crash never looks like a verdict."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import wraps
from types import FrameType
from typing import Annotated, Any

import typer

from .. import __version__
from ..errors import UserError
from . import exits
from .printable import printable

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=False)

Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Settings = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A parameter; may be repeated.")]
Targets = "Default: all papers but the controls."
Keyword = "Claims whose id matches: parts of ids, and, or, not, ( )."
Sizes = "A quantity as an expression in k; default: the claim's own sizes, else growth rates at which all holds."
Powers = "default: the first of 3, 10, 30, 100 (poly: 10, 30, 100, 1000) at which there are growth rates, at least"
Large = "A large polynomial is k^P; default: what the proof asks for, else as poly."
Where = "Where the claim stands; default: the witness's own paper."


def reported(command: Callable[..., int]) -> Callable[..., int]:
    """The command with every exception turned into a message on stderr and an exit code."""

    @wraps(command)
    def run(*args: Any, debug: bool = False, **options: Any) -> int:
        try:
            code = command(*args, **options)
            sys.stdout.flush()
            return code
        except UserError as error:
            return _complain(str(error), error.exit_code, debug)
        except BrokenPipeError:
            # What reads our output is gone; nothing more can be said there, not even while Python shuts down.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _complain("standard output was closed before everything was written", exits.DISK, debug)
        except KeyboardInterrupt:
            return _complain("interrupted", exits.INTERRUPTED, debug)
        except Exception as error:
            message = f"internal error: {type(error).__name__}: {error}; run again with --debug to see where"
            return _complain(message, exits.CRASH, debug)

    return run


def _complain(message: str, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(f"theorycheck: {printable(message)}", file=sys.stderr)
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit code (`exits`)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without the verdicts' shapes still shows the words
    if arguments is None:
        # Both ways of stopping a run end it in order; a shell's background job would otherwise ignore the first.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupt)
    try:
        code = app(args=None if arguments is None else list(arguments), prog_name="theorycheck", standalone_mode=False)
    except typer.TyperException as error:
        print(f"theorycheck: {printable(error.format_message())} (theorycheck --help)", file=sys.stderr)
        return exits.USAGE
    except (KeyboardInterrupt, typer.Abort):
        print("theorycheck: interrupted", file=sys.stderr)
        return exits.INTERRUPTED
    return code if isinstance(code, int) else 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _version(wanted: bool) -> None:
    if wanted:
        print(f"theorycheck {__version__}")
        raise typer.Exit()


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Check a theory paper claim by claim.

    Exit codes: 0 every claim has its expected verdict; 1 some verdict differs; 2 usage, configuration or theory file;
    3 bad data; 4 store, disk, missing tool or a crashed check; 5 inconclusive under --strict; 70 internal error;
    130 interrupted (finished results are kept).
    """
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(exits.USAGE)


@app.command()
@reported
def verify(
    targets: Annotated[list[str] | None, typer.Argument(metavar="[PAPER|CLAIM|PATH]...", help=Targets)] = None,
    profile: Annotated[str | None, typer.Option(metavar="quick|default|full", help="How much is tried.")] = None,
    json: Annotated[str | None, typer.Option(metavar="FILE|-", help="Write the ledger; - for standard output.")] = None,
    report: Annotated[str | None, typer.Option(metavar="DIR", help="Write report, ledger and witnesses.")] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="Root seed.")] = None,
    strict: Annotated[bool | None, typer.Option("--strict/--no-strict", help="Fail on what is inconclusive.")] = None,
    keyword: Annotated[str | None, typer.Option("-k", metavar="EXPR", help=Keyword)] = None,
    settings: Settings = None,
    jobs: Annotated[str | None, typer.Option(metavar="N", help="Worker processes.")] = None,
    timeout: Annotated[str | None, typer.Option(metavar="S", help="Seconds for one check.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Recompute what is stored.")] = False,
    store: Annotated[str | None, typer.Option(metavar="FILE", help="The result store.")] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Keep no results.")] = False,
    color: Annotated[str | None, typer.Option(metavar="auto|always|never", help="Colour of the summary.")] = None,
    debug: Debug = False,
) -> int:
    """Check papers, claims with what they rest on, or your own theory files."""
    from .verify import verify_command

    flags = {"profile": profile, "json": json, "report": report, "seed": seed, "strict": strict, "jobs": jobs,
             "timeout": timeout, "store": store, "color": color}  # fmt: skip
    return verify_command(targets or [], flags, keyword, settings or [], fresh, no_store)


@app.command()
@reported
def simulate(
    experiment: Annotated[str | None, typer.Argument(metavar="[EXPERIMENT]", help="Default: list them.")] = None,
    paper: Annotated[str | None, typer.Option(metavar="PAPER|PATH", help="Whose; default: any installed.")] = None,
    settings: Settings = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="Root seed.")] = None,
    seeds: Annotated[str | None, typer.Option(metavar="N", help="How many independent runs.")] = None,
    profile: Annotated[str | None, typer.Option(metavar="quick|default|full", help="How much is tried.")] = None,
    full: Annotated[bool, typer.Option("--full", help="The paper's own size: --profile full.")] = False,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Default: simulation/EXPERIMENT.")] = None,
    json: Annotated[str | None, typer.Option(metavar="FILE|-", help="Write the data; - for standard output.")] = None,
    jobs: Annotated[str | None, typer.Option(metavar="N", help="Threads.")] = None,
    debug: Debug = False,
) -> int:
    """Run an experiment of a paper and write page, plots and data.

    Exit codes: 0 every outcome agrees; 1 one does not, or a run failed; 2 usage; 4 disk, or the experiment crashed;
    130 interrupted (nothing is written).
    """
    from .simulate import simulate_command

    flags = {"profile": profile, "json": json, "seed": seed, "jobs": jobs}
    return simulate_command(experiment, paper, flags, settings or [], seeds, out, full)


@app.command()
@reported
def show(
    claim: Annotated[str, typer.Argument(metavar="CLAIM")], settings: Settings = None, debug: Debug = False
) -> int:
    """Show a claim and what it rests on; nothing is run."""
    from .show import show_command

    return show_command(claim, settings or [])


@app.command(name="ablate")
@reported
def ablate_(
    claim: Annotated[str, typer.Argument(metavar="CLAIM")],
    settings: Settings = None,
    profile: Annotated[str | None, typer.Option(metavar="quick|default|full", help="How much is tried.")] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="Root seed.")] = None,
    json: Annotated[str | None, typer.Option(metavar="FILE|-", help="Write it; - for standard output.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if some hypothesis is left open.")] = False,
    color: Annotated[str | None, typer.Option(metavar="auto|always|never", help="Colour of the table.")] = None,
    debug: Debug = False,
) -> int:
    """Leave out each hypothesis of a claim in turn: is it needed, and what goes wrong without it?"""
    from .ablate import ablate_command

    flags = {"profile": profile, "seed": seed, "json": json, "color": color}
    return ablate_command(claim, flags, settings or [], strict)


@app.command()
@reported
def constants(
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="A claim about orders of magnitude.")],
    let: Annotated[list[str] | None, typer.Option("--let", metavar="NAME=EXPR", help=Sizes)] = None,
    at: Annotated[list[str] | None, typer.Option("--at", metavar="NAME=VALUE", help="A symbolic exponent.")] = None,
    constant: Annotated[str | None, typer.Option(metavar="C", help="x <~ y is x <= C y, x ~ y both ways; 10.")] = None,
    much: Annotated[str | None, typer.Option(metavar="EXPR", help="x << y is EXPR x <= y; 10.")] = None,
    bounded: Annotated[str | None, typer.Option(metavar="B", help="A constant is in [1/B, B]; 100.")] = None,
    polylog: Annotated[str | None, typer.Option(metavar="P", help=f"polylog(k) is (log k)^P; {Powers} 3.")] = None,
    poly: Annotated[str | None, typer.Option(metavar="P", help=f"poly(k) is k^P; {Powers} 10.")] = None,
    large: Annotated[str | None, typer.Option(metavar="P", help=Large)] = None,
    below: Annotated[str | None, typer.Option(metavar="BOUND", help="Look at k below it; 10**1000.")] = None,
    statements: Annotated[bool, typer.Option("--statements", help="What the claims state is to hold too.")] = False,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Default: constants/CLAIM.")] = None,
    json: Annotated[str | None, typer.Option(metavar="FILE|-", help="Write the data; - for standard output.")] = None,
    settings: Settings = None,
    debug: Debug = False,
) -> int:
    """Find the least k at which every "sufficiently large" of a claim and of what it rests on holds at given constants.

    Every order hypothesis becomes an inequality at finite sizes. log(x) is log(2 + x). The answer is certified: below
    it some inequality fails at every k. With it: each inequality's own first k, and from where on it holds for good.

    Exit codes: 0 found; 1 none below the bound; 2 usage; 4 disk; 5 inconclusive.
    """
    from .constants import constants_command

    numbers = {"constant": constant, "bounded": bounded, "polylog": polylog, "poly": poly, "large": large}
    return constants_command(claim, settings or [], let or [], at or [], numbers, much, below, statements, json, out)


@app.command()
@reported
def papers(debug: Debug = False) -> int:
    """List the installed papers."""
    from .papers import papers_command

    return papers_command()


@app.command()
@reported
def replay(
    witness: Annotated[str, typer.Argument(metavar="WITNESS")],
    paper: Annotated[str | None, typer.Option(metavar="PAPER|PATH", help=Where)] = None,
    settings: Settings = None,
    debug: Debug = False,
) -> int:
    """Put a counterexample into the statement and every hypothesis once more: 0 confirmed, 1 not."""
    from .replay import replay_command

    return replay_command(witness, paper, settings or [])


@app.command()
@reported
def recheck(
    trajectory: Annotated[str, typer.Argument(metavar="FILE")],
    slices: Annotated[list[str] | None, typer.Option("--slice", metavar="N", help="Only this one; may repeat.")] = None,
    paper: Annotated[str | None, typer.Option(metavar="PAPER|PATH", help="Whose; default: any installed.")] = None,
    debug: Debug = False,
) -> int:
    """Run the slices of a certified trajectory again, each by itself: 0 all hold, 1 one does not."""
    from .recheck import recheck_command

    return recheck_command(trajectory, paper, slices or [])


@app.command()
@reported
def report(
    ledger: Annotated[str, typer.Argument(metavar="LEDGER")],
    out: Annotated[str, typer.Option(metavar="DIR", help="The folder to write.")] = "report",
    debug: Debug = False,
) -> int:
    """Write the report of a ledger; nothing is run."""
    from .files import report_command

    return report_command(ledger, out)


@app.command()
@reported
def cite(paper: Annotated[str, typer.Argument(metavar="PAPER")], debug: Debug = False) -> int:
    """BibTeX of this tool and of a paper."""
    from .papers import cite_command

    return cite_command(paper)

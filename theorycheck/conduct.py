"""Runs an experiment in a process of its own, so that one that hangs in compiled code can be stopped at any time."""

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from .checks.check import Profile
from .engine import threads
from .errors import StoreError, UserError
from .experiment import Experiment, Result, Trial
from .loader import load


class Crashed(StoreError):
    """An experiment ended in an error of its own."""


class Refused(UserError):
    """What the experiment says that the user can mend."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Order:
    """What a run of an experiment depends on.

    Args:
        reference: id or path of the paper, as `loader.load` takes it; the process loads it anew.
        experiment: its id.
        parameters: those that differ from the paper's defaults, before validation.
        profile, seed, seeds: as in `Trial`.
        jobs: threads.
    """

    reference: str
    experiment: str
    parameters: Mapping[str, Any]
    profile: Profile = Profile.DEFAULT
    seed: int = 0
    seeds: int | None = None
    jobs: int = 1


def parameters_of(experiment: Experiment, given: Mapping[str, Any]) -> dict[str, Any]:
    """The experiment's own defaults, with what the user gave before them."""
    return {**experiment.defaults, **given}


def conduct(order: Order, progress: Callable[[int, int], None]) -> Result:
    """The experiment's result.

    Raises:
        Crashed: if the experiment raises or its process dies; an error's traceback is the exception's cause.
        Refused: for a `UserError` of the experiment.
    """
    context = multiprocessing.get_context("spawn")  # OpenMP does not survive a fork
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(order, sender))
    try:
        with threads(order.jobs):
            process.start()
        sender.close()
        return _result(order.experiment, receiver, progress)
    except EOFError:
        process.join()
        raise Crashed(f"{order.experiment}: its process died (exit code {process.exitcode})") from None
    finally:
        if process.pid is not None:
            process.kill()
            process.join()
        receiver.close()


def _result(name: str, receiver: "Connection[Any, Any]", progress: Callable[[int, int], None]) -> Result:
    while True:
        kind, content = receiver.recv()
        if kind == "progress":
            progress(*content)
        elif kind == "refused":
            raise Refused(*content)
        elif kind == "crashed":
            message, where = content
            raise Crashed(f"{name} crashed: {message}") from RuntimeError(where)
        else:
            found: Result = content
            return found


def _work(order: Order, sender: "Connection[Any, Any]") -> None:
    """The process: sends progress, then the result or what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts every process; the parent stops this one
    os.dup2(sys.stderr.fileno(), 1)  # what a library prints must not stand in the parent's JSON
    try:
        paper = load(order.reference)
        experiment = next(e for e in paper.experiments if e.id == order.experiment)
        setting = paper.setting(order.parameters)

        def tell(done: int, total: int) -> None:
            sender.send(("progress", (done, total)))

        trial = Trial(setting, order.profile, order.seed, order.seeds, tell)
        sender.send(("result", experiment.measure(trial)))
    except UserError as error:
        sender.send(("refused", (str(error), error.exit_code)))
    except Exception as error:
        sender.send(("crashed", (f"{type(error).__name__}: {error}", traceback.format_exc())))

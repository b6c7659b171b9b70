"""What a process does that is timed apart from training: it waits, blocked, for its turns."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.connection import Connection

from bench.executors import RunRequest
from bench.measures import Environment


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A configuration that is set up and warm.

    Attributes:
        period: steps after which their cost repeats.
        host_bytes: resident memory of its process at its peak so far; None if unknown.
        gpu_free_bytes: of its GPU, with what it has allocated; None without one.
        gpu_bytes: that its process has reserved.
    """

    seconds_per_step: float
    period: int
    images_per_step: int
    environment: Environment
    host_bytes: int | None
    gpu_free_bytes: int | None = None
    gpu_bytes: int | None = None


@dataclass(frozen=True)
class Unfit:
    """Why it could not be timed, in one line; for want of memory it may fit beside fewer others."""

    error: str
    out_of_memory: bool


@dataclass(frozen=True)
class Go:
    """It is its turn: so many steps, while so many processes hold the GPU for the timing."""

    steps: int
    processes: int


def take_turns(connection: Connection, request: RunRequest) -> None:
    """Sets up a configuration and trains some steps on every :class:`Go`, until told None.

    Sends :class:`Prepared`, then a ``TurnCost`` for each turn; :class:`Unfit` where one fails.
    """
    import torch

    from bench import engine, training
    from bench.cost.host_memory import resident
    from bench.executors.worker import one_line, resources

    try:
        engine.settle(request.threads)
        given = resources(request, stop=lambda: False)
        turns = training.Turns(request.spec, given)
        per_step = turns.warm_up()
        memory = resident()
        gpu = given.device.type == "cuda"
        connection.send(
            Prepared(
                seconds_per_step=per_step,
                period=turns.period,
                images_per_step=request.spec.recipe.batch_size * request.spec.recipe.critic_steps,
                environment=given.environment,
                host_bytes=None if memory is None else memory.peak,
                gpu_free_bytes=torch.cuda.mem_get_info(given.device)[0] if gpu else None,
                gpu_bytes=torch.cuda.memory_reserved(given.device) if gpu else None,
            )
        )
        while (asked := connection.recv()) is not None:
            connection.send(turns.turn(asked.steps, asked.processes))
    except EOFError:
        pass  # nobody waits for another turn
    except Exception as error:
        short = isinstance(error, torch.OutOfMemoryError | MemoryError)
        short = short or "can't allocate memory" in str(error)
        connection.send(Unfit(one_line(error), short))

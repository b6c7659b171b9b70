"""A variant that misbehaves in the middle of its training, as its field says.

The fixture ``faulty`` makes it known as a user's package would be, to ``bench run`` too. Updates
are those of the critic, counted from the start of an attempt.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

import torch
from pydantic import Field

from variants.game import Game
from variants.registry import register
from variants.shapes import SampleShape
from variants.zoo.mixtures import MixtureGan

_LONG = 600  # seconds
_MOST_BYTES = 3 * 2**30


@register("faulty")
class Faulty(MixtureGan):
    """Small nets for mixtures, with a fault."""

    generator_width: int = Field(8, ge=1, description="units of the generator's hidden layers")
    critic_width: int = Field(8, ge=1, description="units of the critic's hidden layers")
    fault: Literal[
        "none",
        "hang",
        "hold-interpreter",
        "hungry",
        "hungry-grandchild",
        "deaf",
        "cuda-oom",
        "segfault",
        "exit",
        "kill",
        "raise",
        "nan",
    ] = Field("none", description="what happens to the run")
    healthy_updates: int = Field(25, ge=0, description="updates before it")
    until: str = Field("", description="a file; once it exists, nothing happens to the run")
    grandchildren: str = Field(
        "", description="starts some just before the fault; they have this as their argument"
    )

    @property
    def stackable(self) -> bool:
        return False

    def build(self, shape: SampleShape, device: torch.device) -> Game:
        game = super().build(shape, device)
        updates = 0

        def after_critic_update() -> None:
            nonlocal updates
            updates += 1
            if updates == self.healthy_updates + 1 and not (
                self.until and Path(self.until).exists()
            ):
                self._strike(game)

        game.after_critic_update = after_critic_update
        return game

    def _strike(self, game: Game) -> None:
        if self.grandchildren:
            start_grandchildren(self.grandchildren)
        match self.fault:
            case "hang":
                time.sleep(_LONG)
            case "hold-interpreter":
                ctypes.PyDLL(None).sleep(_LONG)
            case "hungry":
                held = []
                while len(held) * 2**26 < _MOST_BYTES:
                    held.append(b"x" * 2**26)
                    time.sleep(0.05)
                time.sleep(_LONG)
            case "hungry-grandchild":
                hold = f"held = b'x' * {_MOST_BYTES // 3}; import time; time.sleep({_LONG})"
                subprocess.run([sys.executable, "-c", hold], check=True)
            case "deaf":
                os.closerange(3, 1024)
                time.sleep(_LONG)
            case "cuda-oom":
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
            case "segfault":
                ctypes.string_at(0)
            case "exit":
                os._exit(0)
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "raise":
                raise RuntimeError("the critic is on strike")
            case "nan":
                for parameter in game.critic.network.parameters():
                    parameter.data.fill_(torch.nan)


def start_grandchildren(mark: str) -> None:
    """Starts an ordinary one, and a daemon: an orphan in a session of its own."""
    sleep = [sys.executable, "-c", f"import time; time.sleep({_LONG})", mark]
    subprocess.Popen(sleep)
    daemon = f"import subprocess; subprocess.Popen({sleep!r}, start_new_session=True)"
    subprocess.run([sys.executable, "-c", daemon], check=True)


def send_half_a_message(connection: Connection) -> None:
    """Leaves the receiver in the middle of it."""
    os.write(connection.fileno(), (1000).to_bytes(4, "big") + b"half")
    time.sleep(_LONG)

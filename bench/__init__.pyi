from bench.interface import Sweep as Sweep
from bench.interface import load as load
from bench.interface import run as run

__version__: str

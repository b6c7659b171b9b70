"""Where a run was measured: its columns of ``run.parquet``."""

from __future__ import annotations

from dataclasses import dataclass

from bench.measures.measure import column, declare, of_record


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where a run was measured."""

    device: str = column("`cpu` or `cuda`: where it was trained")
    gpu_name: str | None = column("the GPU's name; null without one")
    gpu_driver: str | None = column("version of the GPU's driver")
    cuda_version: str | None = column("that torch was built with")
    cudnn_version: str | None = column("that torch uses")
    cpu_model: str | None = column("the processor's name")
    cpu_cores: int | None = column("physical cores of the machine")
    cpu_threads: int | None = column("logical cores of the machine")
    ram_bytes: int | None = column("memory of the machine", unit="B")
    host: str | None = column("name of the machine")
    os: str = column("operating system and its version")
    python_version: str = column("of the run's process")
    torch_version: str = column("of the run's process")
    numpy_version: str = column("of the run's process")
    bench_version: str = column("version of gan-bench")
    git_commit: str | None = column("of this code, if it runs from a checkout")
    git_dirty: bool | None = column("whether that checkout had uncommitted changes")
    precision: str = column("how steps were computed: `fp32`, `tf32` or `bf16`")
    execution: str = column("how steps were executed: `eager`, `compile` or `cuda-graph`")
    tf32: bool = column("whether TF32 was on")
    threads: int = column("processor threads of the run")


ENVIRONMENT = tuple(of_record(Environment, "run"))
for _measure in ENVIRONMENT:
    declare(_measure)

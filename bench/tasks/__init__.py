"""What is learned: images, stacked digits, points of mixtures. One file per task.

A task says what a batch holds, what the generator receives in evaluation, what its samples are
compared with, how they are scored and pictured. A data set names its task. Another task is one
decorated class in a file of this folder, or in a plug-in::

    from bench.tasks import task
    from bench.tasks.images import Images

    @task("my-task")
    class MyTask(Images):
        '''One line on what is learned.'''

Importing these files costs no torch.
"""

from bench.tasks.task import TASKS, Picture, QualityPlan, Task, task

__all__ = ["TASKS", "Picture", "QualityPlan", "Task", "get", "task"]


def get(name: str) -> Task:
    """The task of that name.

    Raises:
        UnknownName: there is none; suggests the nearest.
    """
    return TASKS.get(name)()

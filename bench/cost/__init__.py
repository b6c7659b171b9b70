"""What a run costs: time, FLOPs, memory, energy, and the machine it ran on.

A reader returns None, not 0, for what this machine cannot measure.
"""

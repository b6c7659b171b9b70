"""What a run costs: time, FLOPs, memory, energy, and the machine it ran on.

Readers of things a machine may lack return None rather than 0.
"""

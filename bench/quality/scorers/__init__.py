"""Quality metrics, one file each: a scorer, the measures it declares, and their computation."""

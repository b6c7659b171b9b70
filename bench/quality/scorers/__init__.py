"""Quality metrics, one file each: a scorer and the measures it computes."""

"""The variants, one file per family; importing them costs no torch."""

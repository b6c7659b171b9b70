"""One file per kind of data set; each registers itself, and every file here is found."""

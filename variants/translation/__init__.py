"""Games that make an image from an image, a file each."""

"""Pictures of generated samples, stored with a run: grids, scatter plots and animations."""

GAP_PIXELS = 2  # between the tiles of a grid
LEGIBLE_PIXELS = 56  # the least height of a tile by default


def tile_pitch(image_size: int) -> int:
    """From one tile of a grid to the next, in pixels, at the default scale."""
    return -(-LEGIBLE_PIXELS // image_size) * image_size + GAP_PIXELS

"""Pictures of generated samples, stored with a run: grids, scatter plots and animations."""

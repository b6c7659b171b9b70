"""Feature extractors: frozen networks that turn images into features, and how one is chosen."""

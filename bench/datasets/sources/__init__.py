"""The built-in data sets. Every file in this folder is imported and registers its own."""

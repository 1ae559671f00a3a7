"""The tests: one module for each module of the project, and those of the whole."""

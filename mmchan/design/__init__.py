"""The workbench: spaces, populations, statistics, ranks, search. Functions return arrays."""

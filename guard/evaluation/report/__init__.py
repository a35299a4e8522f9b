"""What a run and its gate look like: on a terminal, for machines, for CI, and as one page that needs nothing else."""

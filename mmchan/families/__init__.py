"""One folder per family: all that mmchan knows about it, and nothing of it anywhere else."""

"""Export, quantise, verify: from a trained network to a file that runs without mmchan and torch.

Nothing here reports to anybody: see :mod:`mmchan.deploy.extras`.
"""

"""Test a checkpoint: ``mmchan test`` as a script."""

from mmchan.cli.test import main

if __name__ == '__main__':
    main()

"""Print a config with everything that it inherits: ``mmchan print-config`` as a script."""

from mmchan.cli.print_config import main

if __name__ == '__main__':
    main()

"""``python -m mmchan`` is the ``mmchan`` command."""

from mmchan.cli import main

if __name__ == '__main__':
    main()

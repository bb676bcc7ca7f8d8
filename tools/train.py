"""Train a model: ``mmchan train`` as a script."""

from mmchan.cli.train import main

if __name__ == '__main__':
    main()

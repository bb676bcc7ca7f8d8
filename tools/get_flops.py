"""Count parameters, multiply-adds and activations of a config: ``mmchan get-flops`` as a script."""

from mmchan.cli.get_flops import main

if __name__ == '__main__':
    main()

_base_ = ['base_rexnet.py']
space = dict(
    name='rexnet_linear',
    laws=dict(
        # by the space's own law half of the networks within these limits have the same width everywhere
        widths=dict(
            type='Linear',
            first=dict(type='Uniform', low=4, high=24),
            growth=dict(type='Uniform', low=1.5, high=24, quantum=0.5),
        ),
    ),
)

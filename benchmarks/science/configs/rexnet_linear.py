_base_ = ['base.py']
space = dict(
    name='rexnet_linear',
    blocks=9,
    resolution=28,
    num_classes=10,
    macs=(1.5e6, 1.7e6),
    laws=dict(
        stem_stride=2,
        penultimate_width=128,
        expand_ratios=dict(
            type='PerStage', law=dict(type='Uniform', low=2, high=6, quantum=0.1), shared=True
        ),
        activation=dict(type='Choice', options=['silu', 'relu6', 'relu']),
    ),
)

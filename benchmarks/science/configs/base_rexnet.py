# What the ReXNet-like populations have in common: the networks differ in their widths alone
_base_ = ['base.py']
count = 30  # each takes about twice as long as one of the others
space = dict(
    blocks=9,
    resolution=28,
    num_classes=10,
    macs=(1.2e6, 1.4e6),
    laws=dict(
        stem_stride=2,
        penultimate_width=128,
        expand_ratios=dict(
            type='PerStage', law=dict(type='Uniform', low=2, high=6, quantum=0.1), shared=True
        ),
        activation=dict(type='Choice', options=['silu', 'relu6', 'relu']),
    ),
)

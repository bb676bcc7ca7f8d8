_base_ = ['rexnet_linear.py']
name = 'rexnet_constant'
space = dict(
    macs=(1.5e6, 1.7e6),
    laws=dict(widths=dict(type='PerStage', law=dict(type='Uniform', low=4, high=64), shared=True)),
)

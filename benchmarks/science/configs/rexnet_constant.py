_base_ = ['base_rexnet.py']
name = 'rexnet_constant'
space = dict(
    name='rexnet_linear',
    laws=dict(widths=dict(type='PerStage', law=dict(type='Uniform', low=4, high=64), shared=True)),
)

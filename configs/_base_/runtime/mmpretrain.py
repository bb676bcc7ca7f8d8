# mmpretrain's runtime. MMEngine marks what a config inherits from another package with that package's scope,
# which mmpretrain's tools, such as browse_dataset.py, take for an argument of the visualizer.
_base_ = ['mmpretrain::_base_/default_runtime.py']
visualizer = dict(_delete_=True, type='UniversalVisualizer', vis_backends=[dict(type='LocalVisBackend')])

_base_ = ['base_rexnet.py']
space = dict(name='rexnet_stagewise')

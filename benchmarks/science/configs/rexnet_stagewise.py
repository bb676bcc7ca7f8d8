_base_ = ['rexnet_linear.py']
space = dict(name='rexnet_stagewise')

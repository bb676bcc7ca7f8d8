# RegNet's recipe on 8 GPUs with 64 images each
_base_ = ['./regnet_in1k.py']

batch_size = 64
total_batch_size = 8 * batch_size
train_dataloader = dict(batch_size=batch_size)
val_dataloader = dict(batch_size=batch_size)
test_dataloader = dict(batch_size=batch_size)
optim_wrapper = dict(optimizer=dict(lr=0.1 * total_batch_size / 128))
auto_scale_lr = dict(base_batch_size=total_batch_size)

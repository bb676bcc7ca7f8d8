# Food-101: 75,750 images to train, 25,250 to test
_base_ = ['./transfer_bs64_224.py']
dataset_type = 'Food101'
data_root = 'data/food-101'
num_classes = 101

train_dataloader = dict(dataset=dict(type=dataset_type, data_root=data_root, split='train'))
val_dataloader = dict(dataset=dict(type=dataset_type, data_root=data_root, split='test'))
test_dataloader = val_dataloader

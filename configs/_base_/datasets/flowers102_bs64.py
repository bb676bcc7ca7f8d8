# Oxford Flowers-102: 2,040 images to train (train and val), 6,149 to test
_base_ = ['./transfer_bs64_224.py']
dataset_type = 'Flowers102'
data_root = 'data/Flowers102'
num_classes = 102

train_dataloader = dict(dataset=dict(type=dataset_type, data_root=data_root, split='trainval'))
val_dataloader = dict(dataset=dict(type=dataset_type, data_root=data_root, split='test'))
test_dataloader = val_dataloader

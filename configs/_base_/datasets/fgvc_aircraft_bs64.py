# FGVC-Aircraft by variant: 6,667 images to train (train and val), 3,333 to test
_base_ = ['./transfer_bs64_224.py']
dataset_type = 'FGVCAircraft'
data_root = 'data/fgvc-aircraft-2013b'
num_classes = 100

train_dataloader = dict(dataset=dict(type=dataset_type, data_root=data_root, split='trainval'))
val_dataloader = dict(dataset=dict(type=dataset_type, data_root=data_root, split='test'))
test_dataloader = val_dataloader

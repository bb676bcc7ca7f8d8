# Stanford Cars: 8,144 images to train, 8,041 to test
_base_ = ['./transfer_bs64_224.py']
dataset_type = 'StanfordCars'
data_root = 'data/Stanford_Cars'
num_classes = 196

train_dataloader = dict(dataset=dict(type=dataset_type, data_root=data_root, split='train'))
val_dataloader = dict(dataset=dict(type=dataset_type, data_root=data_root, split='test'))
test_dataloader = val_dataloader

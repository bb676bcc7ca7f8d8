# Fashion-MNIST, 28x28 grey levels: mmchan data fashion-mnist writes it, docs/data.md
dataset_type = 'FashionMNIST'
data_root = 'data/fashion-mnist'
num_classes = 10
# three equal values make three equal channels of the one that there is: networks and their costs are of three
data_preprocessor = dict(num_classes=num_classes, mean=[72.94] * 3, std=[90.02] * 3, to_rgb=False)

train_pipeline = [
    dict(type='RandomCrop', crop_size=28, padding=2),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
]
test_pipeline = [dict(type='PackInputs')]

common = dict(type=dataset_type, data_root=data_root, download=False)
train_dataloader = dict(
    batch_size=128,
    num_workers=1,
    dataset=dict(**common, split='train', pipeline=train_pipeline),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
val_dataloader = dict(
    batch_size=500,
    num_workers=1,
    dataset=dict(**common, split='test', test_mode=True, pipeline=test_pipeline),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
test_dataloader = val_dataloader
val_evaluator = dict(type='Accuracy', topk=(1,))
test_evaluator = val_evaluator

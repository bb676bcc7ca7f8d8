"""What a model's page shows to copy: Python, configs of the OpenMMLab libraries, commands.

Everything follows from the family's record and the plan; a test builds what stands here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from explorer_data import registered_name

from mmchan.channels import PublishedWeights, Variant, find_family, find_variant, get_plan, preprocessing_of

LEAST_STRIDE = 4  # of the maps that a pyramid takes
OF_MMSEG = """[
    'mmseg::_base_/models/fpn_r50.py',
    'mmseg::_base_/datasets/ade20k.py',
    'mmseg::_base_/default_runtime.py',
    'mmseg::_base_/schedules/schedule_160k.py',
]"""
BASES = MappingProxyType(
    {
        'mmpretrain': "['mmpretrain::resnet/resnet50_8xb32_in1k.py']",
        'mmdet': "['mmdet::faster_rcnn/faster-rcnn_r50_fpn_1x_coco.py']",
        'mmseg': OF_MMSEG,
    }
)
LONGEST = 100  # characters of a line
# what the bases of the libraries do with images
USUAL = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 'rgb')
CLASSIFIED = "\nfound = mmchan.predict(model, 'photo.jpg')[0]\nprint(found.names)\n"
CHANNELS = 'from mmchan.channels import out_channels\n'
TO_RGB = MappingProxyType({'mmpretrain': 'to_rgb', 'mmdet': 'bgr_to_rgb', 'mmseg': 'bgr_to_rgb'})


def snippets(name: str) -> Mapping[str, tuple[str, str]]:
    """The snippets of a variant: title of the tab -> language and code."""
    variant = find_variant(name)
    weights = find_family(variant.family).published_weights.get(name)
    return {
        'Python': ('python', python(variant, weights)),
        'mmpretrain': ('python', classifier(variant, weights)),
        'mmdet': ('python', pyramid(variant, weights, 'mmdet')),
        'mmseg': ('python', pyramid(variant, weights, 'mmseg')),
        'Command line': ('shell', commands(variant, weights)),
    }


def maps_of(name: str) -> tuple[int, ...]:
    """The out indices of the maps for dense tasks: strides 4, 8, 16 and 32."""
    plan = get_plan(name)
    strides = plan.out_strides[: len(plan.stages)]
    return tuple(index for index, stride in enumerate(strides) if stride >= LEAST_STRIDE)


def given(weights: PublishedWeights | None) -> str:
    """The argument ``pretrained`` of a variant: True where a program may fetch its weights."""
    if weights is None:
        return 'False'
    return 'True' if weights.page is None else "'downloaded.safetensors'"


def python(variant: Variant, weights: PublishedWeights | None) -> str:
    """A classifier and a backbone in Python."""
    plan, maps = get_plan(variant.name), maps_of(variant.name)
    size = preprocessing_of(variant.name).size
    pretrained = '' if weights is None else f', pretrained={given(weights)}'
    widths = [plan.out_widths[index] for index in maps]
    classified = '' if weights is None else CLASSIFIED
    return f"""import mmchan
import torch

model = mmchan.get_model('{variant.name}'{pretrained})
logits = model(torch.rand(1, 3, {size}, {size}))  # (1, 1000)
{classified}
backbone = mmchan.get_model('{variant.name}'{pretrained}, features_only=True)
maps = backbone(torch.rand(1, 3, {size}, {size}))  # strides 4, 8, 16, 32
print([one.shape[1] for one in maps])  # {widths}
"""


def checkpoint(weights: PublishedWeights | None) -> tuple[str, str]:
    """What a config imports for its weights, and the expression of their address; empty for none."""
    if weights is None:
        return '', ''
    if weights.url:
        return 'from mmchan.channels import out_channels, weights_url\n', 'weights_url(arch)'
    if weights.package:
        return (
            f'{CHANNELS}from mmchan.weights.catalogue import find_published, locate\n',
            'locate(find_published(arch))',
        )
    return CHANNELS, "'downloaded.safetensors'"


def opening(library: str, weights: PublishedWeights | None) -> str:
    """The base and the imports of a config."""
    imports = checkpoint(weights)[0] or CHANNELS
    return f'_base_ = {BASES[library]}\n{imports}\n'


def backbone(variant: Variant, weights: PublishedWeights | None, *more: str) -> str:
    """The lines of a config's backbone, indented for a model."""
    address = checkpoint(weights)[1]
    started = [f"init_cfg=dict(type='mmchan.Pretrained', checkpoint={address}),"] if address else []
    kind = f"type='mmchan.{registered_name(find_family(variant.family))}',"
    lines = ['_delete_=True,', kind, 'arch=arch,', *more, *started]
    return ''.join(f'        {line}\n' for line in lines)


def images(variant: Variant, library: str) -> str:
    """The keys of a data_preprocessor that differ from the bases'; empty for none."""
    wanted = preprocessing_of(variant.name)
    if (wanted.mean, wanted.std, wanted.colour) == USUAL:
        return ''
    step = 1 if wanted.colour == 'rgb' else -1
    mean, std = ([round(255 * value, 3) for value in values[::step]] for values in (wanted.mean, wanted.std))
    return f'mean={mean}, std={std}, {TO_RGB[library]}={wanted.colour == "rgb"}'


def prepared(values: str) -> str:
    """The preprocessor of a detector or a segmentor, on lines that a page has room for."""
    line = f'    data_preprocessor=dict({values}),\n'
    if len(line) <= LONGEST:
        return line
    return f'    data_preprocessor=dict(\n        {values},\n    ),\n'


def classifier(variant: Variant, weights: PublishedWeights | None) -> str:
    """A config of mmpretrain."""
    values = images(variant, 'mmpretrain')
    last = f'data_preprocessor = dict({values})\n' if values else ''
    return f"""{opening('mmpretrain', weights)}arch = '{variant.name}'
model = dict(
    backbone=dict(
{backbone(variant, weights)}    ),
    head=dict(in_channels=out_channels(arch)),
)
{last}"""


def pyramid(variant: Variant, weights: PublishedWeights | None, library: str) -> str:
    """A config of mmdet or mmseg whose pyramid takes the maps of a backbone."""
    segments = library == 'mmseg'
    fixed = ['frozen_stages=1,'] if weights else []  # random layers must learn
    of_library = ["norm_cfg=dict(type='SyncBN'),"] if segments else [*fixed, 'norm_eval=True,']
    values = ', '.join(filter(None, ('size=(512, 512)' * segments, images(variant, library))))
    return f"""{opening(library, weights)}arch, maps = '{variant.name}', {maps_of(variant.name)}
model = dict(
{prepared(values) if values else ''}{'    pretrained=None,' + chr(10) if segments else ''}    backbone=dict(
{backbone(variant, weights, 'out_indices=maps,', *of_library)}    ),
    neck=dict(in_channels=out_channels(arch, maps)),
{'    decode_head=dict(num_classes=150),' + chr(10) if segments else ''})
"""


def commands(variant: Variant, weights: PublishedWeights | None) -> str:
    """Commands for a terminal: plan, classes of a picture, export, latency."""
    name = variant.name
    own = '' if given(weights) == 'True' else ' CHECKPOINT'
    lines = [f'mmchan show {name} --plot widths.png', f'mmchan bench {name}']
    if not own:
        lines.append(f'mmchan predict photo.jpg --model {name}')
    lines += [f'mmchan export {name}{own} --to onnx', f'mmchan predict photo.jpg --model {name}.onnx']
    return '\n'.join(lines) + '\n'

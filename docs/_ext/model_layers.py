"""What a model's page shows of its plan: stages and every layer, with their cost."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from translated_html import Words, table

from mmchan.channels import Cost, Layer, NetPlan, get_plan, layers, preprocessing_of
from mmchan.channels.plans import DEPTHWISE

STAGES = ('part', 'output', 'stride', 'blocks', 'channels', 'groups', 'squeeze', 'parameters', 'MACs (M)')


def stages(name: str) -> Iterator[str]:
    """The parts of the network with their cost: stem, stages, head."""
    plan, costs = get_plan(name), cost_by_part(name)
    rows = [_ends(part, found) for part, found in costs.items() if not part.startswith('stage')]
    inner = [_stage(plan, number, costs[f'stage {number}']) for number in range(len(plan.stages))]
    total = sum((cost for found in costs.values() for cost in (layer.cost for layer in found)), Cost())
    rows[1:1] = inner
    rows.append(('total', *[''] * 6, f'{total.parameters:,}', _millions(total.macs)))
    yield from table(STAGES, rows)


def cost_by_part(name: str) -> Mapping[str, list[Layer]]:
    """The layers of the stem, of every stage and of what comes behind."""
    plan = get_plan(name)
    stage_of = {}
    for number, stage in enumerate(plan.stages):
        for _ in stage:
            stage_of[f'block {len(stage_of)}'] = f'stage {number}'
    found: dict[str, list[Layer]] = {}
    for layer in layers(plan, preprocessing_of(name).size):
        found.setdefault(stage_of.get(layer.part, layer.part), []).append(layer)
    return found


def _ends(name: str, found: list[Layer]) -> tuple[str, ...]:
    cost = sum((layer.cost for layer in found), Cost())
    last = found[-1]
    channels = f'{found[0].conv.in_channels} → {last.conv.out_channels}'
    shape, stride = f'{last.height}x{last.width}', str(found[0].conv.stride)
    return name, shape, stride, '', channels, '', '', f'{cost.parameters:,}', _millions(cost.macs)


def _stage(plan: NetPlan, number: int, found: list[Layer]) -> tuple[str, ...]:
    blocks = plan.stages[number]
    cost = sum((layer.cost for layer in found), Cost())
    placed = [layer for layer in found if not layer.conv.is_pooled]
    widths = '-'.join(str(width) for width, _ in groupby(block.out_channels for block in blocks))
    depthwise = all(block.conv(DEPTHWISE) for block in blocks)
    groups = 'depthwise' if depthwise else _range(block.spatial.groups for block in blocks)
    squeeze = _range(one.squeeze.squeeze.out_channels for one in blocks if one.squeeze)
    stride = plan.out_strides[number]
    shape = f'{placed[-1].height}x{placed[-1].width}'
    rest = (f'{cost.parameters:,}', _millions(cost.macs))
    return f'stage {number}', shape, str(stride), str(len(blocks)), widths, groups, squeeze, *rest


def _range(values: Iterable[int]) -> str:
    found = sorted(set(values))
    return '...'.join(map(str, dict.fromkeys((found[0], found[-1])))) if found else '-'


def _millions(value: int) -> str:
    return f'{value / 1e6:,.2f}'


LAYERS = ('part', 'layer', 'output', 'kernel', 'stride', 'groups', 'channels')
COSTS = ('parameters', 'MACs', 'activations')


def every_layer(name: str) -> Iterator[str]:
    """Every convolution, folded."""
    yield from ('<details class="mm-layers" id="layers-all"><summary>', Words('Every layer'), '</summary>')
    found = [layer for part in cost_by_part(name).values() for layer in part]
    yield from table((*LAYERS, *COSTS), map(_layer, found), texts=(1,))
    yield '</details>'


def _layer(layer: Layer) -> tuple[str, ...]:
    conv, cost = layer.conv, layer.cost
    behind = ' '.join(filter(None, ('BN' if conv.norm else '', conv.activation)))
    kernel = f'{conv.kernel_size}x{conv.kernel_size}'
    return (
        *(layer.part, f'{conv.role}{behind and " <small>" + behind + "</small>"}'),
        *(f'{layer.height}x{layer.width}', kernel, str(conv.stride), str(conv.groups)),
        f'{conv.in_channels} → {conv.out_channels}',
        *(f'{number:,}' for number in (cost.parameters, cost.macs, cost.activations)),
    )

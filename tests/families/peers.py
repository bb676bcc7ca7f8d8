"""Networks of other libraries beside ours: equal outputs on equal weights, in both directions."""

import torch
from torch import nn

from mmchan.channels import get_plan
from mmchan.layouts.recognition import recognise_variant
from mmchan.layouts.renaming import convert_state_dict
from mmchan.models.classifier import Classifier
from tests.models.networks import images, randomise

TOLERANCE = 1e-5
SIZES = (64, 75)  # even and odd: strides pad them differently


def logits(network: nn.Module) -> list[torch.Tensor]:
    """Outputs for an image of either size."""
    network.eval()
    with torch.no_grad():
        return [network(images(1, size)) for size in SIZES]


def difference(ours: nn.Module, peer: nn.Module) -> float:
    """The largest difference of the logits, which vary enough for the comparison to notice one."""
    expected, actual = logits(peer), logits(ours)
    assert all(logit.std() > 1e-3 for logit in expected)
    return max((one - other).abs().max().item() for one, other in zip(expected, actual, strict=True))


def with_weights_of(arch, peer: nn.Module, layout: str) -> Classifier:
    """Our network with the weights of a peer, converted from its layout."""
    ours = Classifier(arch)
    converted = convert_state_dict(peer.state_dict(), get_plan(arch), source=layout, target='mmchan')
    ours.load_state_dict(converted, strict=True)
    return ours


def assert_equal_to(peer: nn.Module, arch, layout: str) -> None:
    """Equal outputs; the conversion back gives the peer's state dict; its layout needs not be told.

    Args:
        peer: The other network, with random weights.
        arch: Ours.
        layout: The peer's.
    """
    ours = with_weights_of(arch, peer, layout)
    assert difference(ours, peer) < TOLERANCE
    theirs = peer.state_dict()
    if isinstance(arch, str):
        assert recognise_variant(theirs) == (arch, layout)
    back = convert_state_dict(ours.state_dict(), get_plan(arch), source='mmchan', target=layout)
    assert_equal_weights(back, theirs)
    peer.load_state_dict(back, strict=True)
    converted = {key: tensor.clone() for key, tensor in ours.state_dict().items()}
    randomise(ours, seed=7).load_state_dict(theirs, strict=True)
    assert_equal_weights(ours.state_dict(), converted)


def assert_equal_weights(ours: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> None:
    """The same keys and the same values."""
    assert ours.keys() == expected.keys()
    assert [key for key in expected if not torch.equal(ours[key], expected[key])] == []

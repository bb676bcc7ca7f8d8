"""Let MMEngine read .safetensors, from paths and URLs, in the tools of every library.

The registry of models imports this module: wherever a config names a network of ours, it is there.
"""

from mmengine.runner import CheckpointLoader

from mmchan.weights.reading import read_for_runner

# MMEngine tries its prefixes as regular expressions in reverse order: the z* comes before https://
PATTERN = r'z*.*\.safetensors$'


@CheckpointLoader.register_scheme(prefixes=PATTERN, force=True)
def load_from_safetensors(filename: str, map_location: object = None) -> dict:
    """Read a .safetensors file for MMEngine, which moves the tensors itself."""
    return read_for_runner(str(filename))

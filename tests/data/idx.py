"""Files in the IDX format of MNIST, by its description."""

import struct

import numpy as np

from mmchan.data.fashion_mnist import DIGESTS


def write_idx(folder, *, images, side=4):
    """The four files of MNIST with as many random images each; returns name -> content."""
    rng, contents = np.random.default_rng(1), {}
    for name in DIGESTS:
        shape = (images, side, side) if 'images' in name else (images,)
        values = rng.integers(0, 256 if 'images' in name else 10, shape, dtype=np.uint8)
        # two zero bytes, the type (8: unsigned byte), the number of dimensions, each of them big-endian
        contents[name] = struct.pack(f'>BBBB{len(shape)}I', 0, 0, 8, len(shape), *shape) + values.tobytes()
        (folder / name).write_bytes(contents[name])
    return contents

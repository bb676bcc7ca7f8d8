"""Checkpoint files that are no good, or worse."""

import pickle
from pathlib import Path

import torch
from safetensors.torch import save_file


class Planted:
    """Pickles as code that makes a file when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return open, (str(self.trace), 'w')


def write_bad_files(folder: Path) -> None:
    """Write one file of every kind that :data:`BAD` names; the planted code would make ``ran``."""
    weights = {'conv1.weight': torch.ones(64, 64), 'bn1.bias': torch.ones(64)}
    planted = {'state_dict': {**weights, 'code': Planted(folder / 'ran')}}
    torch.save(planted, folder / 'code.pth')
    torch.save(planted, folder / 'legacy_code.pth', _use_new_zipfile_serialization=False)
    (folder / 'plain_code.pth').write_bytes(pickle.dumps(planted))
    torch.save(weights, folder / 'whole.pth')
    torch.save(weights, folder / 'legacy.pth', _use_new_zipfile_serialization=False)
    save_file(weights, folder / 'whole.safetensors')
    for name in ('whole.pth', 'legacy.pth', 'whole.safetensors'):
        content = (folder / name).read_bytes()
        (folder / name.replace('.', '_cut.')).write_bytes(content[: len(content) * 2 // 3])
    torch.save({'epoch': 3}, folder / 'nothing.pth')
    changed = bytearray((folder / 'whole.pth').read_bytes())
    changed[len(changed) // 2] ^= 4
    (folder / 'whole_bit.pth').write_bytes(changed)
    (folder / 'empty.pth').touch()
    (folder / 'empty.safetensors').touch()
    (folder / 'page.pth').write_text('<html>Please log in</html>')
    (folder / 'folder.pth').mkdir()


# name -> how the message goes on after the path
BAD = {
    'code.pth': r'may run code when it is loaded \(it asks for \w+\.open\); nothing of it was run.*--trust',
    'legacy_code.pth': r'may run code when it is loaded \(it asks for \w+\.open\)',
    'plain_code.pth': 'its pickle is not as torch.save writes it; nothing of it was run',
    'whole_cut.pth': 'is cut off or damaged: the list of entries at its end is missing',
    'whole_bit.pth': r"damaged: the content of entry 'whole/data/0' is not what its checksum says \(bytes ",
    'legacy_cut.pth': 'is no checkpoint, or is cut off or damaged',
    'whole_cut.safetensors': 'is no safetensors file, or is cut off: .* Fetch or save it again, or go on',
    'nothing.pth': 'holds no tensors',
    'empty.pth': 'is no checkpoint: it is empty',
    'empty.safetensors': 'is no safetensors file, or is cut off',
    'page.pth': 'is no checkpoint: it is neither a zip archive nor a pickle',
    'folder.pth': r"' is a folder; name the checkpoint in it \(it holds no .pth file\)",
    'missing.pth': '',
}

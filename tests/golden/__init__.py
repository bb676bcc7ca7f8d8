"""Published facts, one JSON file per family."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent
REGNET = json.loads((FOLDER / 'regnet.json').read_text())
REXNET = json.loads((FOLDER / 'rexnet.json').read_text())
EFFICIENTNET_LITE = json.loads((FOLDER / 'efficientnet_lite.json').read_text())

"""Make `pipeline/speakers/voice_encoder.npz` from the wheel of Resemblyzer 0.1.4.

    pip download --no-deps resemblyzer==0.1.4
    python tools/convert_voice_encoder.py Resemblyzer-0.1.4-py3-none-any.whl

Needs PyTorch, of any version, to read the weights; the project itself does not.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path

import numpy as np
import torch

OUT = Path(__file__).resolve().parents[1] / "pipeline" / "speakers" / "voice_encoder.npz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    with zipfile.ZipFile(parser.parse_args().wheel) as wheel:
        content = io.BytesIO(wheel.read("resemblyzer/pretrained.pt"))
    state = torch.load(content, map_location="cpu", weights_only=True)["model_state"]
    given = {name: tensor.numpy() for name, tensor in state.items()}
    arrays = {}
    for layer in range(3):
        arrays[f"in_{layer}"] = given[f"lstm.weight_ih_l{layer}"].T
        arrays[f"hidden_{layer}"] = given[f"lstm.weight_hh_l{layer}"].T
        arrays[f"b_{layer}"] = given[f"lstm.bias_ih_l{layer}"] + given[f"lstm.bias_hh_l{layer}"]
    arrays["out"], arrays["out_b"] = given["linear.weight"].T, given["linear.bias"]
    half = {name: np.ascontiguousarray(array).astype(np.float16) for name, array in arrays.items()}
    np.savez(OUT, **half)


if __name__ == "__main__":
    main()

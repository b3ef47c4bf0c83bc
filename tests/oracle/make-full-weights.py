#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make-full-weights.py ORACLE WEIGHTS CASE: writes the full-size checkpoint and its input from the oracle's formula.

ORACLE/full/full_recipe.json holds the shape and range of every parameter, full_bn_stats.safetensors the running
statistics. CASE receives images, input_ids and attention_mask. Exit code 77: there is no numpy.
"""
import json
import os
import struct
import sys

try:
    import numpy as np
except ImportError:
    sys.exit(77)

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
TYPES = {"F32": np.float32, "F64": np.float64, "I32": np.int32, "I64": np.int64}


def fnv1a(text):
    """64-bit FNV-1a of the UTF-8 bytes."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def uniform(key, count, base_seed):
    """count numbers in [0, 1): SplitMix64 of the key's own counter."""
    z = np.arange(1, count + 1, dtype=np.uint64)
    z *= np.uint64(GOLDEN)
    z += np.uint64(fnv1a(key) ^ base_seed)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z ^= z >> np.uint64(shift)
        z *= np.uint64(factor)
    z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def load(path):
    """All tensors of a safetensors file."""
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], TYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
    }


def save(path, tensors):
    """Writes tensors in their order, beside the name first."""
    names = {np.dtype(value): key for key, value in TYPES.items()}
    header, offset = {}, 0
    for name, tensor in tensors.items():
        header[name] = {
            "dtype": names[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + tensor.nbytes],
        }
        offset += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    partial = f"{path}.{os.getpid()}"
    with open(partial, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(np.ascontiguousarray(tensor).tobytes())
    os.replace(partial, path)


def make_weights(recipe, statistics):
    """a + b * (2 u - 1), rounded once to float32; statistics as they are."""
    weights = {}
    for name, entry in recipe["params"].items():
        count = int(np.prod(entry["shape"], dtype=np.int64))
        values = entry["a"] + entry["b"] * (2 * uniform(name, count, recipe["base_seed"]) - 1)
        weights[name] = values.astype(np.float32).reshape(entry["shape"])
    for name, start in recipe["check"].items():
        name = name.split("[")[0]
        assert np.allclose(weights[name].ravel()[: len(start)], start, rtol=1e-6, atol=0), name
    return {**weights, **statistics}


def make_image(base_seed):
    """Blocks of 16 voxels with some noise, and air at both ends of x."""
    coarse = uniform("image.coarse", 16 * 10 * 8, base_seed).reshape(16, 10, 8)
    for axis in range(3):
        coarse = coarse.repeat(16, axis)
    fine = uniform("image.fine", 256 * 160 * 128, base_seed).reshape(256, 160, 128)
    image = np.clip(0.5 + 0.4 * (2 * coarse - 1) + 0.1 * (2 * fine - 1), 0, 1)
    image[:12] = 0
    image[-12:] = 0
    return image.astype(np.float32)[None, None]


def main(oracle, weights_path, case_path):
    with open(os.path.join(oracle, "full", "full_recipe.json"), encoding="utf-8") as file:
        recipe = json.load(file)
    golden = load(os.path.join(oracle, "full", "full_256x160x128.safetensors"))
    image = make_image(recipe["base_seed"])
    total = float(golden["image_checksum_f64sum"][0])
    assert abs(image.astype(np.float64).sum() / total - 1) < 1e-12
    save(case_path, {"images": image, **{key: golden[key] for key in ("input_ids", "attention_mask")}})
    save(weights_path, make_weights(recipe, load(os.path.join(oracle, "full", "full_bn_stats.safetensors"))))


if __name__ == "__main__":
    main(*sys.argv[1:])

# SPDX-License-Identifier: Apache-2.0
"""Times the opening of a 512 x 512 x 275 int16 .nii.gz against zlib and nibabel on the same file in the same run.

  load.py PROGRAM [ARGUMENT]... [--folder BUILD] [--repeats N] [--file SCAN.nii.gz]

PROGRAM ARGUMENT... SCAN must print JSON with "milliseconds": [header, first slice, middle slice, all], as
`build/tests/model/volume/volume-probe --time` does. Without --file, a noisy chest is made once in --folder
(default: the working folder). Medians are printed, and the ratios that DESIGN.md section 8 budgets.
"""

import argparse
import gzip
import json
import pathlib
import statistics
import subprocess
import time
import zlib

import nibabel as nib
import numpy as np

SHAPE = (512, 512, 275)


def make_scan(path):
    """Air, body and lungs with the noise of a soft-tissue kernel, and constant padding outside the field of view."""
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.linspace(-1, 1, SHAPE[0]), np.linspace(-1, 1, SHAPE[1]), indexing='ij')
    plane = np.full(SHAPE[:2], -1000.0)
    plane[(x / 0.85) ** 2 + (y / 0.65) ** 2 < 1] = 40
    plane[((np.abs(x) - 0.4) / 0.3) ** 2 + (y / 0.45) ** 2 < 1] = -860
    outside = x ** 2 + y ** 2 > 1
    header = nib.Nifti1Image(np.zeros(SHAPE, np.int16), np.diag((-0.7, -0.7, 1.0, 1.0))).header
    header['vox_offset'] = 352
    header['magic'] = b'n+1'
    with gzip.open(path, 'wb', compresslevel=6) as file:
        file.write(header.binaryblock + bytes(4))
        for _ in range(SHAPE[2]):
            noisy = plane + rng.normal(0, 18, SHAPE[:2])
            noisy[outside] = -1024
            file.write(noisy.clip(-1024, 3071).round().astype('<i2').tobytes(order='F'))


def time_zlib(path):
    start = time.perf_counter()
    engine = zlib.decompressobj(31)
    with open(path, 'rb') as file:
        while block := file.read(1 << 18):
            engine.decompress(block)
    return (time.perf_counter() - start) * 1000


def time_nibabel(path):
    start = time.perf_counter()
    np.asarray(nib.load(path).dataobj)
    return (time.perf_counter() - start) * 1000


def time_ours(command, path):
    run = subprocess.run(command + [path], capture_output=True, text=True, check=True)
    return json.loads(run.stdout)['milliseconds']


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--folder', type=pathlib.Path, default='.')
    parser.add_argument('--repeats', type=int, default=5)
    parser.add_argument('--file', type=pathlib.Path)
    options, command = parser.parse_known_args()
    path = options.file or options.folder / 'bench-load-512x512x275.nii.gz'
    if not path.exists():
        make_scan(path)
    ours, plain, nibabel = [], [], []
    for _ in range(options.repeats):
        ours.append(time_ours(command, path))
        plain.append(time_zlib(path))
        nibabel.append(time_nibabel(path))
    header, first, middle, everything = (statistics.median(column) for column in zip(*ours))
    plain, nibabel = statistics.median(plain), statistics.median(nibabel)
    print(f'{path.name}: {path.stat().st_size / 1e6:.1f} MB, medians of {options.repeats}')
    print(f'header {header:.1f} ms, first slice {first:.1f} ms (budget 100), middle {middle:.0f} ms (300), all {everything:.0f} ms')
    print(f'zlib {plain:.0f} ms, nibabel {nibabel:.0f} ms')
    print(f'all / zlib {everything / plain:.2f} (budget 0.8), all / nibabel {everything / nibabel:.2f}')


main()

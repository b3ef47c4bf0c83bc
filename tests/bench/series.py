# SPDX-License-Identifier: Apache-2.0
"""Times the opening of a DICOM series of 512 x 512 slices against dcm2niix on the same files in the same run.

  series.py BUILD [--folder FOLDER] [--slices 600] [--compressed 120] [--repeats 5]

BUILD holds `tests/model/dicom/dicom-probe` and `app/sagitta-cli`. The series is made once in FOLDER (BUILD): plain, and its
first slices as JPEG lossless (dcmcjpeg) and JPEG 2000 (gdcmconv). Files are read once before, so that both sides find
them in memory; runs alternate; medians are printed. Compressed series are also decoded on one core, to see what the others
add. Without dcm2niix or the compressors their lines are left out.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "app"))
from dicom import write_slice  # noqa: E402  pylint: disable=wrong-import-position

SIZE = 512
SPACING = (0.7, 0.7, 1.0)
COMPRESSORS = {
    "JPEG lossless": ("jpeg-lossless", "dcmcjpeg", ["dcmcjpeg", "+e1"]),
    "JPEG 2000": ("jpeg-2000", "gdcmconv", ["gdcmconv", "--j2k"]),
}


def make_plain(folder, n_slices):
    """Air, body and lungs with the noise of a soft-tissue kernel, and constant padding outside the field of view."""
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.linspace(-1, 1, SIZE), np.linspace(-1, 1, SIZE))
    plane = np.full((SIZE, SIZE), -1000.0)
    plane[(x / 0.85) ** 2 + (y / 0.65) ** 2 < 1] = 40
    plane[((np.abs(x) - 0.4) / 0.3) ** 2 + (y / 0.45) ** 2 < 1] = -860
    outside = x**2 + y**2 > 1
    folder.mkdir()
    for k in range(n_slices):
        noisy = plane + rng.normal(0, 18, plane.shape)
        noisy[outside] = -1024
        pixels = noisy.clip(-1024, 3071).round().astype(int)
        write_slice(folder / f"IM{k:05d}.dcm", pixels, (-179.0, -179.0, k * SPACING[2]), SPACING, k + 1, "1.2.7.3")


def make_compressed(plain, folder, n_slices, command):
    folder.mkdir()

    def compress(name):
        subprocess.run(command + [plain / name, folder / name], check=True, capture_output=True)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compress, sorted(os.listdir(plain))[:n_slices]))


def make(options):
    """Folders by the name of their syntax."""
    base = options.folder / f"bench-series-{options.slices}-{options.compressed}"
    found = {"uncompressed": base / "plain"}
    base.mkdir(parents=True, exist_ok=True)
    if not found["uncompressed"].exists():
        make_plain(found["uncompressed"], options.slices)
    for name, (folder, program, command) in COMPRESSORS.items():
        if shutil.which(program) is None:
            continue
        found[name] = base / folder
        if not found[name].exists():
            make_compressed(found["uncompressed"], found[name], options.compressed, command)
    return found


def read_all(folder):
    return sum(len(file.read_bytes()) for file in folder.iterdir())


def time_command(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (time.perf_counter() - start) * 1000


def probe(build, folder, cores=None):
    command = [build / "tests/model/dicom/dicom-probe", folder]
    if cores is not None:
        command = ["taskset", "-c", cores] + command
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def measure(options, folder):
    """Medians: our four times, peak and volume bytes, our conversion and dcm2niix's."""
    ours, alone, converted, theirs = [], [], [], []
    has_peer = shutil.which("dcm2niix") is not None
    for _ in range(options.repeats):
        ours.append(probe(options.build, folder))
        alone.append(probe(options.build, folder, "0"))
        with tempfile.TemporaryDirectory(dir=options.folder) as out:
            cli = options.build / "app/sagitta-cli"
            converted.append(time_command([cli, "dicom", "convert", folder, "-o", os.path.join(out, "ours.nii")]))
            if has_peer:
                theirs.append(time_command(["dcm2niix", "-z", "n", "-b", "n", "-o", out, folder]))
    middle = [statistics.median(column) for column in zip(*(run["milliseconds"] for run in ours))]
    return {
        "list": middle[0], "first": middle[1], "middle": middle[2], "all": middle[3],
        "one core": statistics.median(run["milliseconds"][3] for run in alone),
        "peak": max(run["peak_bytes"] for run in ours), "volume": ours[0]["volume_bytes"],
        "convert": statistics.median(converted), "peer": statistics.median(theirs) if theirs else None,
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--slices", type=int, default=600)
    parser.add_argument("--compressed", type=int, default=120)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    options.build = options.build.absolute()
    options.folder = (options.folder or options.build).absolute()
    for name, folder in make(options).items():
        size = read_all(folder)
        m = measure(options, folder)
        print(f"{len(list(folder.iterdir()))} slices, {name}: {size / 1e6:.0f} MB, medians of {options.repeats}")
        print(f"  list {m['list']:.0f} ms (budget 1000), first slice {m['first']:.1f} ms, middle {m['middle']:.0f} ms, all {m['all']:.0f} ms")
        print(f"  on one core {m['one core']:.0f} ms: {m['one core'] / m['all']:.2f} x as long; {os.cpu_count()} cores here")
        print(f"  memory {m['peak'] / 1e6:.0f} MB at its peak, of which the volume {m['volume'] / 1e6:.0f} MB")
        print(f"  dicom convert, list and writing included: {m['convert']:.0f} ms")
        if m["peer"] is not None:
            opened = m["list"] + m["all"]
            print(
                f"  dcm2niix {m['peer']:.0f} ms: list and all / dcm2niix {opened / m['peer']:.2f} (budget 1), "
                f"dicom convert / dcm2niix {m['convert'] / m['peer']:.2f}"
            )


main()

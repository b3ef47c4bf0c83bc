#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what tissues measure in scans, as rows of a table: real scans and phantoms through the same eyes.

    hu-table.py SCAN[=LABELS]...

Without labels: where histograms peak, inside (two voxels off any edge) of what is about lung, fat or muscle. With a
label map of TotalSegmentator's values, also the median of what it names.
"""

import sys

import nibabel
import numpy
from scipy import ndimage

NAMED = {"liver": (5,), "spleen": (1,), "aorta": (52,), "vertebrae": tuple(range(26, 51)), "ribs": tuple(range(92, 116))}
COLUMNS = ("lung", "lung 10 %", "lung 90 %", "fat", "muscle", "bone", "grain", *NAMED)


def measure_region(data, low, high):
    """Values between low and high, two voxels inside of their region."""
    region = ndimage.binary_erosion((data > low) & (data < high), iterations=2)
    return data[region]


def find_peak(values):
    counts, edges = numpy.histogram(values, bins=numpy.arange(values.min(), values.max() + 4, 4))
    best = ndimage.uniform_filter1d(counts.astype(float), 5).argmax()
    return (edges[best] + edges[best + 1]) / 2


def find_body(data):
    """Air outside is no lung: the largest thing denser than fat, filled slice by slice."""
    parts, n = ndimage.label(ndimage.binary_opening(data > -300))
    sizes = numpy.bincount(parts.ravel())
    sizes[0] = 0
    body = parts == sizes.argmax()
    for k in range(data.shape[2]):
        body[..., k] = ndimage.binary_fill_holes(body[..., k])
    return body if n else numpy.zeros(data.shape, bool)


def measure(path, labels):
    image = nibabel.as_closest_canonical(nibabel.load(path))
    data = numpy.asanyarray(image.dataobj).astype(numpy.float32)
    smooth = ndimage.uniform_filter(data, 3)
    inside = numpy.where(find_body(data), smooth, 3000)
    lung = measure_region(inside, -990, -500)
    muscle = measure_region(numpy.where(smooth < 1500, smooth, -2000), 0, 110)
    grain = ndimage.binary_erosion((smooth > 0) & (smooth < 110), iterations=2)
    steps = numpy.abs(numpy.diff(data, axis=0))[grain[1:] & grain[:-1]]
    bone = data[(smooth > 200) & (smooth < 1500)]
    row = [numpy.median(lung), *numpy.percentile(lung, (10, 90))] if lung.size else [numpy.nan] * 3
    fat = measure_region(smooth, -150, -50)
    row += [find_peak(fat) if fat.size > 200 else numpy.nan, find_peak(muscle), numpy.median(bone), steps.mean()]
    named = numpy.asanyarray(nibabel.as_closest_canonical(nibabel.load(labels)).dataobj) if labels else None
    for values in NAMED.values():
        here = numpy.isin(named, values) if labels else numpy.zeros(data.shape, bool)
        row.append(numpy.median(data[here]) if here.any() else numpy.nan)
    return row


def show(name, row):
    print(f"| {name} |", " | ".join("" if numpy.isnan(value) else f"{value:.0f}" for value in row), "|")


def main():
    print("| scan |", " | ".join(COLUMNS), "|")
    print("|---" * (len(COLUMNS) + 1) + "|")
    rows = []
    for argument in sys.argv[1:]:
        path, _, labels = argument.partition("=")
        rows.append(measure(path, labels))
        show(path.rsplit("/", 1)[-1].removesuffix(".nii.gz"), rows[-1])
    if len(rows) > 2:
        show("median", numpy.nanmedian(rows, axis=0))


if __name__ == "__main__":
    main()

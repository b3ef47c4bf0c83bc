# SPDX-License-Identifier: Apache-2.0
"""Recipe `paper`, written a second time with numpy, scipy and nibabel, and compared. TAP on stdout.

Also compares recipe `upstream` with its own steps on phantoms, which the oracle's golden values do not cover.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import nibabel as nib
    import numpy as np
    from scipy import ndimage, spatial
except ImportError:
    print('1..0 # SKIP numpy, scipy and nibabel are not installed')
    sys.exit(0)

PROBE = os.environ['PREPARE_PROBE']
CT = pathlib.Path(os.environ.get('SAGITTA_SHARED', '../shared')) / 'oracle' / 'ct'
TRAIN_BOX, BOX, INPUT = (416, 336, 256), (384, 320, 256), (256, 160, 128)
LOBES = [10, 11, 12, 13, 14]
EVERYWHERE = np.ones((3, 3, 3))


def largest_component(mask):
    labels, _ = ndimage.label(mask, EVERYWHERE)
    return labels == np.argmax(np.bincount(labels.ravel())[1:]) + 1


def polygon(points):
    """Area and centroid of a polygon with its corners in order."""
    x, y = points[:, 0], points[:, 1]
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    area = cross.sum() / 2
    return abs(area), np.array([((x + np.roll(x, -1)) * cross).sum(), ((y + np.roll(y, -1)) * cross).sum()]) / (6 * area)


def hull_centre(body):
    total, moment = 0, np.zeros(2)
    for k in range(body.shape[2]):
        points = np.argwhere(body[:, :, k])
        if len(points) == 0 or (np.ptp(points, axis=0) == 0).any():
            continue
        area, centroid = polygon(points[spatial.ConvexHull(points).vertices].astype(float))
        total, moment = total + area, moment + area * centroid
    return moment / total


def centred(n, n_box):
    return -((n_box - n) // 2) if n < n_box else n // 2 - n_box // 2


def window(data, start, dims, fill):
    out = np.full(dims, fill, data.dtype)
    low = [max(s, 0) for s in start]
    high = [max(min(s + d, n), l) for s, d, n, l in zip(start, dims, data.shape, low)]
    out[tuple(slice(l - s, h - s) for l, h, s in zip(low, high, start))] = data[tuple(map(slice, low, high))]
    return out


def area_average(image, dims):
    """Adaptive average pooling: window floor(i n / o) .. ceil((i + 1) n / o)."""
    for axis, n_out in enumerate(dims):
        n = image.shape[axis]
        parts = [image.take(range(i * n // n_out, -(-(i + 1) * n // n_out)), axis).mean(axis) for i in range(n_out)]
        image = np.stack(parts, axis)
    return image


def network_input(hu):
    return area_average(hu.astype(np.float32) / 2000 + 0.5, INPUT)


def lung_voxels(mask):
    lobes = np.isin(mask, LOBES)
    return lobes if lobes.any() and ((mask > 1) & ~lobes).any() else mask != 0


def paper(scan, mask, range_mm):
    """Returns the standardised 416 x 336 x 256 volume, its affine, and the network's input.

    range_mm: what can hold lung, from the lowest slice's centre up; None without lungs. A mask overrides it.
    """
    image = nib.as_closest_canonical(scan)
    spacing = np.sqrt((image.affine[:3, :3] ** 2).sum(0))
    hu = np.clip(image.get_fdata(), -1000, 1000)
    body = largest_component((hu >= -150) & (hu <= 250))
    slices = np.flatnonzero(body.any((0, 1)))
    low, high = slices[0], slices[-1] + 1
    if mask is not None:
        lungs = np.flatnonzero(lung_voxels(nib.as_closest_canonical(mask).get_fdata()).any((0, 1)))
        range_mm = lungs[0] * spacing[2], lungs[-1] * spacing[2]
    if range_mm is not None:
        at = np.arange(hu.shape[2]) * spacing[2]
        inside = np.flatnonzero((at > range_mm[0] - 5.0001) & (at < range_mm[1] + 5.0001))
        low, high = inside[0], inside[-1] + 1
    hu = hu[:, :, low:high]
    dims = np.floor((np.array(hu.shape) - 1) * spacing + 1e-4).astype(int) + 1
    at = [np.minimum(np.arange(d) / s, n - 1) for d, s, n in zip(dims, spacing, hu.shape)]
    fine = ndimage.spline_filter(hu, 3, np.float64, 'mirror')
    fine = along(along(fine, at[0], 0), at[1], 1)
    planes = (along(fine, at[2][k:k + 1], 2) for k in range(dims[2]))
    fine = np.concatenate([np.clip(np.rint(p), -1000, 1000).astype(np.int16) for p in planes], 2)
    centre = np.append(hull_centre(body) * spacing[:2], (hu.shape[2] - 1) / 2 * spacing[2])
    start = np.floor(centre - (np.array(TRAIN_BOX) - 1) / 2 + 0.5 + 1e-4).astype(int)
    kept = window(fine, start, TRAIN_BOX, -1000)
    affine = image.affine @ np.diag(np.append(1 / spacing, 1)) + 0
    affine[:3, 3] = image.affine[:3] @ [0, 0, low, 1] + affine[:3, :3] @ start
    inner = [centred(t, b) for t, b in zip(TRAIN_BOX, BOX)]
    return kept, affine, network_input(window(kept, inner, BOX, -1000))


def along(coefficients, at, axis):
    """Cubic B-spline values at places of one axis, from coefficients."""
    n = coefficients.shape[axis]
    below = np.floor(at).astype(int)
    x = at - below
    weights = [(1 - x) ** 3 / 6, 2 / 3 - x ** 2 * (2 - x) / 2, 2 / 3 - (1 - x) ** 2 * (1 + x) / 2, x ** 3 / 6]
    shape = [-1 if a == axis else 1 for a in range(3)]
    total = 0
    for tap, weight in enumerate(weights):
        index = np.abs(below - 1 + tap) % max(2 * (n - 1), 1)
        index = np.where(index < n, index, 2 * (n - 1) - index)
        total = total + coefficients.take(index, axis) * weight.reshape(shape)
    return total


def upstream(scan, mask, _):
    hu = scan.get_fdata()
    body = np.argwhere(largest_component(hu >= 400 / 255 - 150))
    centre = np.rint(body.mean(0)).astype(int)
    reach = np.maximum(centre - body.min(0), body.max(0) + 1 - centre)
    low, high = np.maximum(centre - reach, 0), np.minimum(centre + reach, hu.shape)
    if mask is not None:
        lungs = np.flatnonzero(lung_voxels(mask.get_fdata()).any((0, 1)))
        low[2], high[2] = max(low[2], lungs[0]), min(high[2], lungs[-1])
    hu = hu[tuple(map(slice, low, high))]
    affine = scan.affine.copy()
    affine[:3, 3] += affine[:3, :3] @ low
    spacing = np.sqrt((affine[:3, :3] ** 2).sum(0)).astype(np.float32).astype(np.float64)
    target = affine.copy()
    target[:3, :3] = affine[:3, :3] @ np.diag(1 / spacing)
    dims = [int(np.ceil(d)) + 1 for d in np.diag(np.linalg.inv(target) @ affine)[:3] * (np.array(hu.shape) - 1)]
    step = np.diag(np.linalg.inv(affine) @ target)[:3]
    fine = ndimage.affine_transform(hu, step, output_shape=dims, order=3, output=np.float32)
    fine = np.clip(fine.clip(min(hu.min(), 0), max(hu.max(), 0)).astype(np.int16), -1000, 1000)
    image = nib.as_closest_canonical(nib.Nifti1Image(fine, target))
    fine = np.asarray(image.dataobj)
    return fine, image.affine, network_input(window(fine, [centred(n, b) for n, b in zip(fine.shape, BOX)], BOX, -1000))


count, failed = 0, 0


def result(name, problem):
    global count, failed
    count += 1
    failed += bool(problem)
    print(f'{"not ok" if problem else "ok"} {count} {name}{" # " + problem if problem else ""}', flush=True)


def skip(name):
    global count
    count += 1
    print(f'ok {count} {name} # SKIP no shared test data here')


def compare(kind, scan, mask, folder):
    """Returns what is wrong, or None."""
    run = subprocess.run([PROBE, kind, scan, folder / 'out'] + ([mask] if mask else []), capture_output=True, text=True)
    if run.returncode:
        return run.stderr.strip()
    told = json.loads(run.stdout)
    range_mm = None if told['lungs'] == 'none' else told['range_mm']
    expected, affine, expected_input = globals()[kind](nib.load(scan), nib.load(mask) if mask else None, range_mm)
    image = nib.load(folder / 'out.nii.gz')
    got = np.asarray(image.dataobj)
    if got.shape != expected.shape:
        return f'shape {got.shape}, expected {expected.shape}'
    if np.abs(image.affine - affine).max() > 1e-3:
        return f'affine is {np.abs(image.affine - affine).max()} off'
    off = np.abs(got - expected)
    if off.max() > 1 or (off > 0).mean() > 1e-4:
        return f'{(off > 0).mean():.2%} of voxels are off, at most by {off.max()} HU'
    got = np.fromfile(folder / 'out.f32', np.float32).reshape(INPUT)
    off = np.abs(got - expected_input)
    if off.max() > 2.5e-4 or off.mean() > 1e-6:
        return f'input is {off.max()} off, {off.mean()} in the mean'
    # The corner of the input's first voxel is that of the box's first millimetre.
    box = [centred(t, b) for t, b in zip(expected.shape, BOX)]
    told = np.vstack([np.reshape(told['affine'], (3, 4)), [0, 0, 0, 1]])
    corner, expected_corner = told @ [-.5, -.5, -.5, 1], affine @ (np.append(box, 1) - [.5, .5, .5, 0])
    if np.abs(corner - expected_corner).max() > 1e-3:
        return f'corner of the input {corner}, expected {expected_corner}'
    return None


def save_solid(path):
    """A noisy, lopsided body without lungs, stored S, L, P."""
    k, i, j = np.mgrid[:50, :60, :70]
    inside = ((i - 33) / 22) ** 2 + ((j - 30 - k / 10) / 28) ** 2 + ((k - 22) / 19) ** 2 < 1
    noise = np.random.default_rng(1).normal(0, 12, inside.shape)
    affine = np.array([[0, -3.7, 0, 90], [0, 0, -2.9, 40], [4.1, 0, 0, -300], [0, 0, 0, 1]])
    nib.save(nib.Nifti1Image((np.where(inside, 40, -1000) + noise).astype(np.int16), affine), path)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        phantoms = [('RAS', '3 3 3', '0'), ('LPS', '2.5 2.7 4', '0'), ('PIR', '4 2.2 3.1', '0'), ('ASL', '3.3 2.9 2.1', '4')]
        for letters, spacing, degrees in phantoms:
            subprocess.run([PROBE, 'phantom', folder, letters, letters, *spacing.split(), degrees], check=True)
            scan, mask = folder / f'{letters}.nii.gz', folder / f'{letters}_labels.nii.gz'
            title = f'/prepare/oracle/phantom {letters} {spacing.replace(" ", "x")}' + (' oblique' if degrees != '0' else '')
            result(f'{title} paper', compare('paper', scan, mask, folder))
            result(f'{title} upstream', compare('upstream', scan, mask, folder))
        scan = folder / 'solid.nii.gz'
        save_solid(scan)
        result('/prepare/oracle/no lungs paper', compare('paper', scan, None, folder))
        cases = [
            ('phantom_LPS_aniso', 'phantom_LPS_aniso_seg'), ('phantom_1mm_RAS', 'phantom_1mm_RAS_seg'),
            ('example_ct_sm', 'example_seg'), ('aorta_ct_cropped', None), ('example_ct_sm', None),
        ]
        for scan, mask in cases:
            title = f'/prepare/oracle/{scan} paper' + ('' if mask else ' no mask')
            if CT.is_dir():
                result(title, compare('paper', CT / f'{scan}.nii.gz', CT / f'{mask}.nii.gz' if mask else None, folder))
            else:
                skip(title)
    print(f'1..{count}')
    return failed > 0


sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Compares what Sagitta reads and writes with nibabel, over the shared odd files and over generated ones. TAP on stdout."""

import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import nibabel as nib
    import numpy as np
except ImportError:
    print('1..0 # SKIP numpy and nibabel are not installed')
    sys.exit(0)

PROBE = os.environ['VOLUME_PROBE']
ODD = pathlib.Path(os.environ.get('SAGITTA_SHARED', '../shared')) / 'data' / 'nifti-odd'
N_SAMPLES, STRIDE = 199, 7919

# Every file that is refused, and what its sentence must say. All others must open.
REFUSED = {
    'nifti-rs/complex/complex32.nii': 'complex numbers',
    'nifti-rs/complex/complex64.nii': 'complex numbers',
    'nifti-rs/rgb/3D.nii': 'colours (RGB24)',
    'nifti-rs/rgb/4D.nii': 'colours (RGB24)',
    'nifti-rs/rgba/4D.nii': 'colours (RGBA32)',
    'niivue/ct_perfusion.nii.gz': 'colours (RGB24)',
    'nibabel/analyze.hdr': 'ANALYZE 7.5',
    'nibabel/nifti1.hdr': 'only the header of a pair',
    'nibabel/nifti2.hdr': 'only the header of a pair',
    'nibabel/row_major.dconn.nii': 'CIFTI',
}
# What must be said of those that open.
WARNED = {
    'niivue/shear.nii.gz': ['right angles', 'mm apart'],
    'niivue/CT_pitch.nii.gz': ['oblique'],
    'nibabel/example4d.nii.gz': ['2 volumes', 'oblique'],
    'nibabel/functional.nii': ['20 volumes'],
    'nifti-rs/minimal.nii': ['neither sform nor qform'],
}

failures = []
count = 0


def result(name, problems):
    global count
    count += 1
    print(f"{'not ok' if problems else 'ok'} {count} {name}")
    for problem in problems:
        print(f'# {problem}')
    if problems:
        failures.append(name)


def probe(*arguments):
    run = subprocess.run([PROBE, *map(str, arguments)], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def load_by_nibabel(path):
    mixed = path.with_suffix('.img.gz')  # nibabel wants both files of a pair compressed, or none
    if path.suffix == '.hdr' and mixed.exists() and not path.with_suffix('.img').exists():
        return nib.Nifti1Pair.from_file_map({'header': nib.FileHolder(path), 'image': nib.FileHolder(mixed)})
    return nib.load(path)


def first_volume(image):
    data = np.asarray(image.dataobj, dtype=np.float64) if image.ndim <= 3 else \
        np.asarray(image.dataobj[(Ellipsis,) + (0,) * (image.ndim - 3)], dtype=np.float64)
    return data.reshape(data.shape + (1,) * (3 - data.ndim))


def compare_view(label, view, data, affine):
    problems = []
    if tuple(view['dims']) != data.shape:
        return [f'{label}: dims {view["dims"]}, not {data.shape}']
    ours = np.array(view['affine']).reshape(3, 4)
    if not np.allclose(ours, affine[:3], rtol=0, atol=1e-4):
        problems.append(f'{label}: affine {ours.tolist()}, not {affine[:3].tolist()}')
    flat = data.reshape(-1, order='F')
    samples = flat[np.arange(N_SAMPLES) * STRIDE % flat.size]
    found = np.array(view['samples'], dtype=float)  # NaN comes as null
    if not np.allclose(found, samples, rtol=1e-6, atol=1e-6, equal_nan=True):
        problems.append(f'{label}: values differ by up to {np.nanmax(np.abs(found - samples))}')
    total = flat[np.isfinite(flat)].sum()
    if not np.isclose(view['sum'], total, rtol=1e-6, atol=1e-3):
        problems.append(f'{label}: sum {view["sum"]}, not {total}')
    return problems


def fits_int16(data):
    return bool(np.all((data == np.round(data)) & (data >= -32768) & (data <= 32767)))


def compare(found, image):
    if 'error' in found:
        return [f'refused: {found["error"]}']
    data = first_volume(image)
    problems = compare_view('stored', found['stored'], data, image.affine)
    if found['letters'] != ''.join(nib.aff2axcodes(image.affine)):
        problems.append(f'letters {found["letters"]}')
    if found['scalar'] != ('int16' if fits_int16(data) else 'float32'):
        problems.append(f'kept as {found["scalar"]}')
    canonical = nib.as_closest_canonical(nib.Nifti1Image(data, image.affine))
    return problems + compare_view('RAS view', found['ras'], canonical.get_fdata(), canonical.affine)


def check_odd_files():
    paths = sorted(p for p in ODD.rglob('*') if p.name.endswith(('.nii', '.nii.gz', '.hdr', '.hdr.gz')))
    names = [str(p.relative_to(ODD)) for p in paths]
    for name, found, path in zip(names, probe(*paths), paths):
        if name in REFUSED:
            said = found.get('error', 'opened')
            result(name, [] if REFUSED[name] in said and path.name in said else [said])
            continue
        problems = compare(found, load_by_nibabel(path))
        said = ' '.join(found.get('warnings', []))
        result(name, problems + [f'not said: {part}' for part in WARNED.get(name, []) if part not in said])


def check_same_head():
    found = probe(*sorted((ODD / 'NIfTIspace').glob('*.nii.gz')))
    views = {json.dumps([f['ras'][key] for key in ('dims', 'samples')]) for f in found}
    affines = np.array([f['ras']['affine'] for f in found])
    result('NIfTIspace looks the same in every orientation',
           [] if len(found) == 12 and len(views) == 1 and np.ptp(affines, axis=0).max() < 1e-3 else [f'{len(views)} different'])


def rotation(degrees):
    x, y, z = np.radians(degrees)
    rx = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    ry = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    rz = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    return rz @ ry @ rx


def affines():
    """All 48 orientations: straight, oblique and sheared."""
    shear = np.array([[1, 0, 0], [0, 1, 0.3], [0, 0, 1]])
    for order, signs in itertools.product(itertools.permutations(range(3)), itertools.product((1, -1), repeat=3)):
        axes = np.zeros((3, 3))
        for column, (row, sign) in enumerate(zip(order, signs)):
            axes[row, column] = sign
        for kind, turn in (('straight', np.eye(3)), ('oblique', rotation((12, -20, 7))), ('sheared', shear)):
            affine = np.eye(4)
            affine[:3, :3] = turn @ axes @ np.diag((0.7, 0.9, 2.5))
            affine[:3, 3] = (-120.5, 33.25, 1007)
            yield ''.join(nib.aff2axcodes(affine)) + ' ' + kind, affine


def compare_written(path, data, affine, sheared):
    image = nib.load(path)
    header = image.header
    expected = header.copy()
    expected.set_qform(affine, code=1)
    problems = []
    if not np.array_equal(np.asarray(image.dataobj), data) or image.dataobj.slope != 1:
        problems.append('written voxels differ')
    if not np.allclose(image.get_sform(), affine, atol=1e-4) or header['sform_code'] != 1:
        problems.append('written sform differs')
    # nibabel's own quaternion is rounded to float32 without care, which can cost 7e-4 here.
    if not np.allclose(image.get_qform(), expected.get_qform(), atol=1e-3) or header['qform_code'] != 1:
        problems.append(f'written qform {image.get_qform().tolist()}, nibabel {expected.get_qform().tolist()}')
    if not sheared and not np.allclose(image.get_qform(), affine, atol=1e-5):
        problems.append('written qform and sform disagree')
    if header.get_xyzt_units()[0] != 'mm':
        problems.append('written units')
    return problems


def check_orientations(folder):
    data = np.random.default_rng(5).integers(-1024, 3000, (9, 7, 5)).astype(np.int16)
    for name, affine in affines():
        source, written = folder / 'source.nii', folder / 'written.nii.gz'
        image = nib.Nifti1Image(data, affine)
        image.set_qform(None, code=0)
        nib.save(image, source)
        found, = probe('--save', written, source)
        problems = compare(found, nib.load(source)) + compare_written(written, data, affine, 'sheared' in name)
        if found.get('sheared') != ('sheared' in name):
            problems.append('shear misjudged')
        again, = probe(written)
        if again.get('hash') != found.get('hash'):
            problems.append('hash differs after writing')
        result(name, problems)


def check_types(folder):
    rng = np.random.default_rng(6)
    values = rng.integers(0, 100, (6, 5, 4))
    for cls, dtype, order, scaled in itertools.product(
            (nib.Nifti1Image, nib.Nifti2Image, nib.Nifti1Pair),
            ('u1', 'i1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f4', 'f8'), '<>', (False, True)):
        header = cls.header_class(endianness=order)
        header.set_data_dtype(order + dtype)
        image = cls((values + (0.25 if dtype[0] == 'f' else 0)).astype(dtype), np.diag((-2, 2, 3, 1)), header)
        path = folder / ('t.img' if cls is nib.Nifti1Pair else 't.nii.gz')
        if scaled:
            image.header.set_slope_inter(0.5, -1024)
        nib.save(image, path)
        found, = probe(path)
        result(f'{cls.__name__} {order}{dtype}{" scaled" if scaled else ""}', compare(found, nib.load(path)))


def main():
    if ODD.is_dir():
        check_odd_files()
        check_same_head()
    else:
        result('odd files # SKIP no shared test data here', [])
    with tempfile.TemporaryDirectory(prefix='sagitta-test-') as folder:
        check_orientations(pathlib.Path(folder))
        check_types(pathlib.Path(folder))
    print(f'1..{count}')
    return 1 if failures else 0


sys.exit(main())

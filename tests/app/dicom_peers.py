#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""DICOM against what others make of it: values and places of dcm2niix, values of GDCM, on real files."""

import glob
import json
import os
import shutil
import struct
import subprocess
import tarfile

import nibabel
import numpy
import scipy.ndimage

import harness
from harness import Skip, call, new_folder, scratch, shared

NEAR_MM = 1e-3
# Series of the shared data that lie there as files, and the volumes of each: what the tests below compare.
COMPARED = {
    "1.2.826.0.1.3680043.2.1125.1.18085492126195434258212517481071422": 1,  # cip_ct-64Dicom
    "1.2.826.0.1.3680043.2.1125.1.9881642883347102869241902700569139": 1,  # dcmqi/24x38x3
    "1.3.6.1.4.1.5962.99.1.3840.1781.1519964048862.1.3.3456.3456": 1,
    "1.2.826.0.1.3680043.2.1125.1.31406211013692525450623069050794718": 1,  # dcmqi/23x38x3
    "1.3.6.1.4.1.5962.99.1.3840.1409.1519964081918.1.3.3456.3456": 1,
    "1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322": 1,  # highdicom/ct_image.dcm
    "1.2.826.0.1.3680043.8.498.69597760006836175184016920326015805567": 1,  # per-slice-rescale
    "1.3.12.2.1107.5.2.0.35131.30000007020315340031200000007": 1,  # dcm_qa_12bit: one instance thrice
    "1.2.840.113619.2.30.1.1762295590.1623.978668949.890": 7,  # the transfer syntaxes
    "1.3.6.1.4.1.5962.1.3.10.3.1166562673.14401": 1,  # CT0012, fragmented
}
# Largest difference of lossy files in HU, as measured with GDCM, to whole numbers.
SYNTAXES = {"1.2.4.81": 1, "1.2.4.91": 5, "1.2.4.51": 36, "1.2.4.53": 36, "1.2.4.55": 36, "1.2.4.50": 64}


def need(program):
    if shutil.which(program) is None:
        raise Skip(f"there is no {program}")


def unpack(*names):
    """A folder of the shared data, unpacked if it is an archive."""
    path = shared("data", "dicom", *names)
    if os.path.isdir(path):
        return path
    folder = new_folder(names[-1].split(".")[0])
    with tarfile.open(path) as archive:
        archive.extractall(folder)
    return folder


def convert(place, name="ours.nii"):
    path = scratch(name)
    result = call("dicom", "convert", place, "-o", path)
    assert result.code == 0, result.err
    return nibabel.as_closest_canonical(nibabel.load(path))


def dcm2niix(folder):
    """Every volume that dcm2niix makes, by name."""
    need("dcm2niix")
    out = new_folder("dcm2niix")
    subprocess.run(["dcm2niix", "-z", "n", "-b", "n", "-f", "%z", "-o", out, folder], check=False,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    files = sorted(glob.glob(os.path.join(out, "*.nii")))
    return {os.path.basename(f)[:-4]: nibabel.as_closest_canonical(nibabel.load(f)) for f in files}


def compare(ours, theirs, tolerance=0.0):
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    assert numpy.abs(ours.affine - theirs.affine).max() <= NEAR_MM, (ours.affine, theirs.affine)
    difference = numpy.abs(numpy.asanyarray(ours.dataobj).astype(float) - numpy.asanyarray(theirs.dataobj)).max()
    assert difference <= tolerance, difference


def compare_folder(*names, tolerance=0.0, only=None):
    folder = unpack(*names)
    if only is not None:
        alone = new_folder("alone")
        shutil.copy(os.path.join(folder, only), alone)
        folder = alone
    theirs = list(dcm2niix(folder).values())
    assert len(theirs) == 1, names
    compare(convert(folder), theirs[0], tolerance)


def test_whole_chest():
    compare_folder("cip_ct-64Dicom")


def test_chest_with_full_slices():
    compare_folder("dcmqi", "ct-3slice.tar.xz")


def test_single_and_multi_frame():
    for folder in ("23x38x3", "24x38x3"):
        compare_folder("dcmqi", folder, "image")
        compare_folder("dcmqi", folder, "multiframe")


def test_lone_slice():
    compare_folder("highdicom", only="ct_image.dcm")


def nested_number(group, element):
    """The first text of this kind in the file that gdcm_elements() left, inside whatever sequence."""
    with open(scratch("explicit.dcm"), "rb") as file:
        data = file.read()
    at = data.index(struct.pack("<HH2s", group, element, b"DS"))
    return float(data[at + 8 : at + 8 + struct.unpack_from("<H", data, at + 6)[0]])


def test_fragments_without_offsets():
    """Two frames of an enhanced CT in JPEG fragments: equal to GDCM's but for the rounding of a lossy codec."""
    path = shared("data", "dicom", "cornerstone-ct-transfer-syntaxes", "CT0012.fragmented_no_bot_jpeg_baseline.51.dcm")
    theirs = gdcm_values(path, n_frames=2) * nested_number(0x0028, 0x1053) + nested_number(0x0028, 0x1052)
    ours = stored_values(path, n_frames=2)
    assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
    # Frames may lie in either order along the normal.
    difference = min(numpy.abs(ours - t).max() for t in (theirs, theirs[::-1]))
    assert difference <= 3, difference


def test_every_series_is_compared():
    """A series that comes to the shared data must be compared here, too."""
    listed = json.loads(call("dicom", "list", shared("data", "dicom"), "--json").out)
    found = {}
    for series in listed["series"]:
        if series["problem"] is None:
            uid = series["uid"].split(":")[0]
            found[uid] = found.get(uid, 0) + 1
    assert found == COMPARED, found


def test_slope_of_each_slice():
    compare_folder("dicom2nifti-failing", "per-slice-rescale", tolerance=1e-4)


def test_tilt_that_only_places_tell():
    folder = unpack("dicom2nifti-failing", "gantrytilting_001.tar.xz")
    upright = [image for name, image in dcm2niix(folder).items() if "Tilt" in name]
    assert len(upright) == 1
    compare(convert(folder), upright[0])


def read_elements(path):
    """(group, element) -> bytes of a plain explicit little-endian file, sequences passed over."""
    with open(path, "rb") as file:
        data = file.read()
    at, found = 132, {}
    while at + 8 <= len(data):
        group, element, kind = struct.unpack_from("<HH2s", data, at)
        if kind in (b"OB", b"OW", b"SQ", b"UN", b"UT", b"OF"):
            length, head = struct.unpack_from("<I", data, at + 8)[0], 12
        else:
            length, head = struct.unpack_from("<H", data, at + 6)[0], 8
        if length == 0xFFFFFFFF:
            end = data.index(b"\xfe\xff\xdd\xe0\0\0\0\0", at)
            at = end + 8
            continue
        found[group, element] = data[at + head : at + head + length]
        at += head + length
    return found


def gdcm_elements(path):
    need("gdcmconv")
    plain, explicit = scratch("raw.dcm"), scratch("explicit.dcm")
    subprocess.run(["gdcmconv", "--raw", path, plain], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["gdcmconv", "--explicit", plain, explicit], check=True, stderr=subprocess.DEVNULL)
    return read_elements(explicit)


def gdcm_values(path, n_frames=1):
    elements = gdcm_elements(path)

    def number(group, element):
        return struct.unpack("<H", elements[group, element])[0]

    rows, columns, bits = number(0x28, 0x10), number(0x28, 0x11), number(0x28, 0x100)
    kind = ("i" if number(0x28, 0x103) else "u") + str(bits // 8)
    pixels = numpy.frombuffer(elements[0x7FE0, 0x10][: n_frames * rows * columns * bits // 8], "<" + kind)
    slope, intercept = (float(elements.get((0x28, e), default)) for e, default in ((0x1053, b"1"), (0x1052, b"0")))
    pixels = pixels.reshape(n_frames, rows, columns) * slope + intercept
    return pixels[0] if n_frames == 1 else pixels


def stored_values(path, n_frames=1):
    """As the file has rows and columns."""
    out = scratch("one.nii")
    result = call("dicom", "convert", path, "-o", out)
    assert result.code == 0, result.err
    values = numpy.asanyarray(nibabel.load(out).dataobj).transpose(2, 1, 0)
    assert values.shape[0] == n_frames, values.shape
    return values[0] if n_frames == 1 else values


def test_tilt_and_uneven_slices():
    """Here dcm2niix shrinks the rows, so only its origin can serve; the headers themselves say where pixels belong."""
    folder = unpack("dcm_qa_ct_GE_tilt.tar.xz")
    ours = convert(folder)
    upright = [image for name, image in dcm2niix(folder).items() if "Tilt_Eq" in name]
    assert len(upright) == 1
    assert numpy.abs(ours.affine[:, [0, 3]] - upright[0].affine[:, [0, 3]]).max() <= NEAR_MM
    values, inverse = numpy.asanyarray(ours.dataobj).astype(float), numpy.linalg.inv(ours.affine)
    for path in sorted(glob.glob(os.path.join(folder, "*", "*.dcm")))[::5]:
        elements = gdcm_elements(path)
        origin, directions, spacing = (
            numpy.array(elements[0x20 if e != 0x30 else 0x28, e].decode().strip(" \0").split("\\"), float)
            for e in (0x32, 0x37, 0x30)
        )
        j, i = numpy.mgrid[60:450:3, 60:450:3]
        slice_values = gdcm_values(path)[j, i]
        off = {}
        for rows in (-1, 0, 1):
            place = origin[:, None] + directions[:3, None] * i.ravel() * spacing[1]
            place = place + directions[3:, None] * (j.ravel() + rows) * spacing[0]
            place[:2] *= -1
            at = inverse[:3, :3] @ place + inverse[:3, 3:]
            off[rows] = numpy.abs(scipy.ndimage.map_coordinates(values, at, order=1, mode="nearest") - slice_values.ravel()).mean()
        assert off[0] < off[-1] and off[0] < off[1], (path, off)


def test_transfer_syntaxes_equal_gdcm():
    files = sorted(glob.glob(os.path.join(shared("data", "dicom", "cornerstone-ct-transfer-syntaxes"), "CTImage*.dcm")))
    assert len(files) == 14
    for path in files:
        difference = numpy.abs(stored_values(path) - gdcm_values(path)).max()
        lossy = any(f"{s}.dcm" in path for s in SYNTAXES)
        assert difference <= (3 if lossy else 1e-3), (path, difference)


def test_transfer_syntaxes_equal_each_other():
    folder = shared("data", "dicom", "cornerstone-ct-transfer-syntaxes")
    plain = stored_values(glob.glob(os.path.join(folder, "*LittleEndianExplicit*1.2.1.dcm"))[0])
    for path in glob.glob(os.path.join(folder, "CTImage*.dcm")):
        allowed = [most for syntax, most in SYNTAXES.items() if path.endswith(f"{syntax}.dcm")] or [0]
        difference = numpy.abs(stored_values(path) - plain).max()
        assert difference <= allowed[0] + 0.5, (path, difference)


def test_odd_bits_equal_dcm2niix():
    """Mosaics, which dcm2niix cuts into slices: the values are compared, not where they stand."""
    for path in sorted(glob.glob(os.path.join(shared("data", "dicom", "dcm_qa_12bit"), "*.dcm"))):
        alone = new_folder("alone")
        shutil.copy(path, alone)
        theirs = numpy.asanyarray(list(dcm2niix(alone).values())[0].dataobj).ravel()
        ours = numpy.asanyarray(convert(path).dataobj).ravel()
        # Versions of dcm2niix differ in whether twelve bits have a sign; the header is to be followed.
        assert (ours.min() < 0) == ("Signed" in path)
        ours, theirs = (numpy.unique(v[v != 0] % 4096, return_counts=True) for v in (ours, theirs))
        assert ours[0].size > 100 and all(numpy.array_equal(a, b) for a, b in zip(ours, theirs)), path


def test_left_is_left():
    """The right lung is the larger one, and the liver's dome stands below it."""
    image = convert(unpack("cip_ct-64Dicom"))
    labels = nibabel.as_closest_canonical(nibabel.load(shared("data", "ct", "cip_ct-64_lungs-LR.nii.gz")))
    assert numpy.abs(image.affine - labels.affine).max() < 1e-2
    sides = numpy.asanyarray(labels.dataobj)
    x = [numpy.argwhere(sides == side)[:, 0].mean() for side in (1, 2)]
    assert x[0] < x[1]  # RAS: the left lung has the lower x
    values = numpy.asanyarray(image.dataobj)
    assert values[sides == 1].mean() < -500 and values[sides == 2].mean() < -500


if __name__ == "__main__":
    harness.main(globals(), needs=("numpy", "nibabel", "scipy.ndimage"))

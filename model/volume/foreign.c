/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/foreign.h"

#include <string.h>

static const char dicom[] =
  "is a DICOM file. Convert its series with dcm2niix and open the .nii.gz that comes out.";
static const char dicom_name[] =
  "is named like a DICOM file, but does not begin like one. Copy or fetch it again.";
static const char nrrd[] =
  "is NRRD, which Sagitta does not read. Save it as .nii.gz from 3D Slicer or with ITK-SNAP.";
static const char meta[] =
  "is MetaImage, which Sagitta does not read. Save it as .nii.gz from 3D Slicer or with ITK-SNAP.";
static const char mgh[] =
  "is FreeSurfer's MGH, which Sagitta does not read. Convert it with mri_convert to .nii.gz.";
static const char minc[] = "is MINC, which Sagitta does not read. Convert it with mnc2nii.";
static const char hdf5[] = "is HDF5, which Sagitta does not read. Save the scan in it as .nii.gz.";
static const char numpy[] = "is a NumPy array without a place in the patient. Save it as .nii.gz "
                            "with its affine, for example with nibabel.";
static const char archive[] = "is an archive. Unpack it and open the scan inside.";
static const char bzip[] =
  "is compressed in a way that Sagitta does not read. Unpack it, or compress it with gzip.";
static const char picture[] =
  "is a picture, not a scan. Open the .nii.gz or convert the DICOM series that it came from.";
static const char page[] =
  "is a web page, not a scan. The download probably needed a login; fetch the scan again.";
static const char pointer[] =
  "is a Git LFS pointer, not the scan itself. Run \"git lfs pull\" in its repository.";

/* The first bytes decide; names only where they say nothing. */
static const struct
{
  gsize       offset;
  const char *bytes;
  gsize       n_bytes;
  const char *meaning;
} magics[] = {
  { 128, "DICM", 4, dicom },
  { 0, "NRRD000", 7, nrrd },
  { 0, "ObjectType", 10, meta },
  { 0, "\0\0\0\1\0\0", 6, mgh },
  { 0, "CDF\1", 4, minc },
  { 0, "CDF\2", 4, minc },
  { 0, "\x89HDF\r\n", 6, hdf5 },
  { 0, "\x93NUMPY", 6, numpy },
  { 0, "PK\3\4", 4, archive },
  { 0, "7z\xbc\xaf", 4, archive },
  { 257, "ustar", 5, archive },
  { 0, "BZh", 3, bzip },
  { 0, "\3757zXZ", 5, bzip },
  { 0, "\x28\xb5\x2f\xfd", 4, bzip },
  { 0, "\x89PNG", 4, picture },
  { 0, "\xff\xd8\xff", 3, picture },
  { 0, "GIF8", 4, picture },
  { 0, "II*\0", 4, picture },
  { 0, "MM\0*", 4, picture },
  { 0, "%PDF", 4, picture },
  { 0, "version https://git-lfs", 23, pointer },
};

static const struct
{
  const char *suffix;
  const char *meaning;
} suffixes[] = {
  { ".dcm", dicom_name }, { ".ima", dicom_name }, { ".nrrd", nrrd },      { ".nhdr", nrrd },
  { ".mha", meta },       { ".mhd", meta },       { ".mgz", mgh },        { ".mgh", mgh },
  { ".mnc", minc },       { ".h5", hdf5 },        { ".npy", numpy },      { ".npz", numpy },
  { ".zip", archive },    { ".tar", archive },    { ".tar.gz", archive }, { ".tgz", archive },
  { ".bz2", bzip },       { ".xz", bzip },        { ".zst", bzip },
};

static gboolean
has_only (const guint8 *head, gsize n_head, gboolean text)
{
  for (gsize i = 0; i < n_head; i++)
    if (text ? (head[i] < ' ' && strchr ("\t\n\r\f", head[i]) == NULL) || head[i] == '\0'
             : head[i] != 0)
      return FALSE;
  return TRUE;
}

static gboolean
is_web_page (const guint8 *head, gsize n_head)
{
  g_autofree char *start = g_ascii_strdown ((const char *) head, (gssize) n_head);

  return strstr (start, "<!doctype html") != NULL || strstr (start, "<html") != NULL;
}

const char *
sag_foreign_explain (const char *name, const guint8 *head, gsize n_head)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  if (n_head == 0)
    return "is empty. Copy or download it again.";
  for (gsize i = 0; i < G_N_ELEMENTS (magics); i++)
    if (magics[i].offset + magics[i].n_bytes <= n_head &&
        memcmp (head + magics[i].offset, magics[i].bytes, magics[i].n_bytes) == 0)
      return magics[i].meaning;
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i].suffix))
      return suffixes[i].meaning;
  if (has_only (head, n_head, FALSE))
    return "holds nothing but zero bytes. Copy or download it again.";
  if (has_only (head, n_head, TRUE))
    return is_web_page (head, n_head)
             ? page
             : "is a text file, not a scan. Open the .nii or .nii.gz itself.";
  return NULL;
}

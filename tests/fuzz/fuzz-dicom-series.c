/* SPDX-License-Identifier: Apache-2.0 */

/* Several files that are planned and loaded as series.
 *
 *   OFFSET  SIZE  MEANING
 *   0       2     B: bytes of the first file, little endian
 *   2       B     the first file
 *   2 + B   ...   files that differ from it: a count, then so many times offset (2) and byte (1)
 */
#include "tests/fuzz/memory-file.h"

#include "model/dicom/dicom.h"

#include <string.h>

#define MAX_FILES 16
#define MAX_PIXELS (1 << 12)
#define MAX_VOXELS (1 << 17)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A file in memory that has a path. */
static SagDicomPlace *
make_place (const guint8 *bytes, gsize n, int *fd)
{
  SagDicomPlace *place = g_new0 (SagDicomPlace, 1);

  place->path = memory_file (bytes, n, fd);
  place->name = g_strdup_printf ("slice-%d", *fd);
  return place;
}

static void
add_file (GPtrArray *files, GArray *fds, const guint8 *bytes, gsize n)
{
  g_autoptr (SagDicomInput) input = sag_dicom_input_new_for_memory (bytes, n);
  SagDicomHeader *header = sag_dicom_header_read (input, NULL);
  int             fd;

  if (header == NULL)
    return;
  g_ptr_array_add (files, sag_dicom_file_new (make_place (bytes, n, &fd), header));
  g_array_append_val (fds, fd);
}

static void
split_input (const guint8 *data, gsize size, GPtrArray *files, GArray *fds)
{
  gsize              n = size >= 2 ? MIN ((gsize) (data[0] | data[1] << 8), size - 2) : 0;
  const guint8      *end = data + size, *at = data + MIN (2, size) + n;
  g_autofree guint8 *bytes = g_malloc (MAX (n, 1));

  if (n == 0)
    return;
  add_file (files, fds, data + 2, n);
  while (at < end && files->len < MAX_FILES)
    {
      guint n_changes = *at++;

      memcpy (bytes, data + 2, n);
      for (guint c = 0; c < n_changes && end - at >= 3; c++, at += 3)
        bytes[(at[0] | at[1] << 8) % n] = at[2];
      add_file (files, fds, bytes, n);
    }
}

/* Every target names slices that are there, and every voxel has a value. */
static void
load (SagDicomSeries *series)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume = NULL;
  const SagGeometry *geometry = &series->geometry;
  double             inverse[3][4], sum = 0;

  g_assert_true (sag_geometry_invert (geometry, inverse));
  g_assert_cmpuint (series->targets->len, ==, geometry->dims[2]);
  for (guint t = 0; t < series->targets->len; t++)
    {
      const SagDicomTarget *target = &g_array_index (series->targets, SagDicomTarget, t);

      g_assert_true (target->below >= 0 && target->below < (int) series->slices->len);
      g_assert_true (target->above < (int) series->slices->len);
    }
  if ((gint64) geometry->dims[0] * geometry->dims[1] > MAX_PIXELS ||
      sag_geometry_n_voxels (geometry) > MAX_VOXELS)
    return;
  volume = sag_dicom_load (series, NULL, NULL, NULL, &error);
  g_assert_true ((volume != NULL) == (error == NULL));
  for (int k = 0; volume != NULL && k < geometry->dims[2]; k++)
    for (int j = 0; j < geometry->dims[1]; j++)
      for (int i = 0; i < geometry->dims[0]; i++)
        sum += sag_volume_value (volume, i, j, k);
  (void) sum;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) files =
    g_ptr_array_new_with_free_func ((GDestroyNotify) sag_dicom_file_unref);
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));

  split_input (data, size, files, fds);
  if (files->len > 0)
    {
      all = sag_dicom_series_group (files, NULL);
      g_assert_cmpuint (all->len, >, 0);
      for (guint i = 0; i < all->len; i++)
        if (((SagDicomSeries *) all->pdata[i])->problem == NULL)
          load (all->pdata[i]);
    }
  for (guint f = 0; f < fds->len; f++)
    close (g_array_index (fds, int, f));
  return 0;
}

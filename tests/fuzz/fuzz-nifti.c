/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/nifti-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
slices_cb (SagVolume *volume, int n_slices, gpointer user_data)
{
  g_assert_cmpint (n_slices, <=, sag_volume_get_geometry (volume)->dims[2]);
}

/* The input is a file, and for the header of a pair its .img too. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagVolume) volume =
    sag_nifti_load_memory ("scan.nii.gz", data, size, data, size, slices_cb, NULL, NULL, &error);

  g_assert_true ((volume != NULL) == (error == NULL));
  if (volume != NULL)
    {
      const SagGeometry *geometry = sag_volume_get_geometry (volume);
      double             inverse[3][4];

      g_assert_true (sag_geometry_invert (geometry, inverse));
      g_assert_nonnull (sag_volume_get_hash (volume));
    }
  return 0;
}

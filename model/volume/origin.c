/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/origin.h"

#include <math.h>

SagOrigin *
sag_origin_new (int n_slices)
{
  SagOrigin *origin = g_atomic_rc_box_new0 (SagOrigin);

  origin->n_slices = n_slices;
  origin->slices = g_new0 (SagOriginSlice, n_slices);
  origin->slice_thickness_mm = NAN;
  origin->age_years = NAN;
  return origin;
}

void
sag_origin_forget_slice (SagOrigin *origin, int k)
{
  char *uid = origin->slices[k].instance_uid;

  if (uid == NULL)
    return;
  if (origin->forgotten == NULL)
    origin->forgotten = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (origin->forgotten, uid);
  g_atomic_pointer_set (&origin->slices[k].instance_uid, NULL);
}

SagOrigin *
sag_origin_ref (SagOrigin *origin)
{
  return g_atomic_rc_box_acquire (origin);
}

static void
clear (gpointer data)
{
  SagOrigin *origin = data;

  for (int k = 0; k < origin->n_slices; k++)
    g_free (origin->slices[k].instance_uid);
  g_free (origin->slices);
  g_clear_pointer (&origin->forgotten, g_ptr_array_unref);
  g_free (origin->study_uid);
  g_free (origin->series_uid);
  g_free (origin->frame_of_reference_uid);
  g_free (origin->class_uid);
  g_free (origin->description);
  g_free (origin->study_date);
  g_free (origin->kernel);
  g_free (origin->contrast);
  g_free (origin->phase);
}

void
sag_origin_unref (SagOrigin *origin)
{
  g_atomic_rc_box_release_full (origin, clear);
}

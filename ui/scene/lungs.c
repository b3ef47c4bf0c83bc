/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/lungs.h"

#include "model/prepare/lungs.h"

static void
unref_volume (gpointer volume)
{
  if (volume != NULL)
    sag_volume_unref (volume);
}

static void
find_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (SagLungs) lungs = sag_lungs_segment (data, cancellable, &error);

  if (lungs == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, lungs->mask != NULL ? sag_volume_ref (lungs->mask) : NULL,
                           unref_volume);
}

void
sag_ui_lungs_find_async (SagVolume          *volume,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, sag_ui_lungs_find_async);
  g_task_set_task_data (task, sag_volume_ref (volume), unref_volume);
  g_task_run_in_thread (task, find_thread);
}

SagVolume *
sag_ui_lungs_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

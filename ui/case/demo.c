/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/demo.h"

#include "model/phantom/phantom.h"

/* The file's name is what the window shows, so it is not translated: a case keeps its name. */
#define NAME "Demo phantom"
#define SEED 11

static char *
dup_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "sagitta", "demo", "chest", NULL);
}

GFile *
sag_ui_demo_get_file (void)
{
  g_autofree char *folder = dup_folder ();

  return g_file_new_build_filename (folder, NAME ".nii.gz", NULL);
}

const char *const *
sag_ui_demo_get_tasks (void)
{
  static const char *const tasks[] = {
    "Diagnose the presence of pneumothorax around the lungs",
    "Segment lungs in the image.",
    "Diagnose the presence of pleural effusion around the lungs",
    NULL,
  };

  return tasks;
}

static void
make_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const SagPhantomOptions options = { .seed = SEED,
                                      .findings = SAG_FINDING_EFFUSION_LEFT | SAG_FINDING_NODULE,
                                      .enhanced = TRUE,
                                      .anatomical = TRUE };
  g_autoptr (GFile) file = sag_ui_demo_get_file ();
  g_autofree char *folder = dup_folder ();
  g_autoptr (SagPhantom) phantom = NULL;
  GError *error = NULL;

  if (!g_file_query_exists (file, NULL))
    {
      phantom = sag_phantom_new (&options);
      if (!sag_phantom_write (phantom, &options, folder, NAME, &error))
        {
          g_task_return_error (task, error);
          return;
        }
    }
  g_task_return_pointer (task, g_steal_pointer (&file), g_object_unref);
}

void
sag_ui_demo_make_async (GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_run_in_thread (task, make_thread);
}

GFile *
sag_ui_demo_make_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/import-order.h"

#include "model/bundle/import.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

void
sag_ui_import_order_free (SagUiImportOrder *order)
{
  if (order == NULL)
    return;
  for (int f = 0; f < SAG_UI_IMPORT_N_FILES; f++)
    g_free (order->files[f]);
  g_free (order->folder);
  g_free (order->name);
  g_free (order->weights_license);
  g_free (order->data_license);
  g_free (order->permitted_use);
  g_free (order);
}

char *
sag_ui_import_find (const char *checkpoint, SagUiImportFile file)
{
  static const char *const names[] = { "model.safetensors", "config.json", "vocab.txt",
                                       "train_config.yaml" };
  static const char *const folders[] = { ".", "tokenizer", "language_model", "text_model", ".." };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (checkpoint, folders[i], names[file], NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_canonicalize_filename (path, NULL);
    }
  return NULL;
}

char *
sag_ui_import_propose_folder (const char *name)
{
  g_autofree char *safe = g_strdup (name != NULL && *name != '\0' ? name : "model");

  g_strdelimit (safe, G_DIR_SEPARATOR_S, '-');
  for (int n = 1;; n++)
    {
      g_autofree char *numbered = n > 1 ? g_strdup_printf ("%s-%d", safe, n) : g_strdup (safe);
      g_autofree char *path =
        g_build_filename (g_get_user_data_dir (), "sagitta", "bundles", numbered, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
}

static gboolean
make_parent (const char *folder, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (folder);

  if (g_mkdir_with_parents (parent, 0755) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               /* Translators: a folder, then the system's reason. */
               _ ("Cannot make the folder %s: %s; choose one that you may write to."), parent,
               g_strerror (errno));
  return FALSE;
}

static void
import_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const SagUiImportOrder *order = data;
  const SagBundleImport   import = {
      .source = {
        .name = order->name,
        .vocabulary = order->files[SAG_UI_IMPORT_VOCABULARY],
        .weights_license = order->weights_license,
        .data_license = order->data_license,
        .permitted_use = order->permitted_use,
        .cancellable = cancellable,
      },
      .weights = order->files[SAG_UI_IMPORT_WEIGHTS],
      .config = order->files[SAG_UI_IMPORT_CONFIG],
      .train_config = order->files[SAG_UI_IMPORT_TRAIN_CONFIG],
      .heads = order->heads,
  };
  GError *error = NULL;
  g_autoptr (SagBundle) bundle = NULL;

  if (make_parent (order->folder, &error))
    bundle = sag_bundle_import (&import, order->folder, &error);
  if (bundle == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_strdup (order->folder), g_free);
}

void
sag_ui_import_async (SagUiImportOrder   *order,
                     GCancellable       *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, order, (GDestroyNotify) sag_ui_import_order_free);
  g_task_run_in_thread (task, import_thread);
}

char *
sag_ui_import_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

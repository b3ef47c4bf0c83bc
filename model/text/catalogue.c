/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/catalogue.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-reader.h"
#include "model/core/paths.h"
#include "model/text/catalogue-private.h"

#include <string.h>

#define MAX_FILE_BYTES ((gsize) 16 << 20)
#define DEFAULT_CATALOGUE "tasks/catalogue.json"

static void
task_clear (gpointer data)
{
  SagTask *task = data;

  g_free ((gpointer) task->target_ids);
  g_free ((gpointer) task->upstream_ids);
}

static void
catalogue_clear (gpointer data)
{
  SagCatalogue *catalogue = data;

  g_hash_table_unref (catalogue->by_name);
  g_hash_table_unref (catalogue->by_text);
  g_array_unref (catalogue->templates);
  g_array_unref (catalogue->tasks);
  g_string_chunk_free (catalogue->strings);
}

static SagCatalogue *
catalogue_new_empty (void)
{
  SagCatalogue *catalogue = g_atomic_rc_box_new0 (SagCatalogue);

  catalogue->strings = g_string_chunk_new (4096);
  catalogue->tasks = g_array_new (FALSE, TRUE, sizeof (SagTask));
  g_array_set_clear_func (catalogue->tasks, task_clear);
  catalogue->templates = g_array_new (FALSE, TRUE, sizeof (SagTaskTemplate));
  catalogue->by_text = g_hash_table_new (g_str_hash, g_str_equal);
  catalogue->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return catalogue;
}

SagCatalogue *
sag_catalogue_new (const char *json, gsize size_bytes, const char *name, GError **error)
{
  g_autoptr (SagCatalogue) catalogue = NULL;
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (json != NULL && name != NULL, NULL);

  root = sag_json_parse (json, size_bytes, name, error);
  if (root == NULL)
    return NULL;
  catalogue = catalogue_new_empty ();
  if (!sag_catalogue_read (catalogue, json_node_get_object (root), error))
    {
      g_prefix_error (error, "%s is not a usable task catalogue: ", name);
      return NULL;
    }
  return g_steal_pointer (&catalogue);
}

SagCatalogue *
sag_catalogue_load (const char *path, GError **error)
{
  g_autofree char *json = NULL;
  g_autofree char *name = NULL;
  gsize            size;

  g_return_val_if_fail (path != NULL, NULL);

  json = sag_file_load (path, MAX_FILE_BYTES, &size, error);
  if (json == NULL)
    return NULL;
  name = sag_file_dup_display_name (path);
  return sag_catalogue_new (json, size, name, error);
}

SagCatalogue *
sag_catalogue_get_default (GError **error)
{
  static GMutex                   lock;
  static SagCatalogue            *loaded;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&lock);
  g_autofree char                *path = NULL;

  if (loaded != NULL)
    return loaded;
  path = sag_paths_find_data (DEFAULT_CATALOGUE);
  if (path == NULL)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                 "Cannot find %s among Sagitta's data; install Sagitta again, or set SAGITTA_DATA.",
                 DEFAULT_CATALOGUE);
  else
    loaded = sag_catalogue_load (path, error);
  return loaded;
}

SagCatalogue *
sag_catalogue_ref (SagCatalogue *catalogue)
{
  return g_atomic_rc_box_acquire (catalogue);
}

void
sag_catalogue_unref (SagCatalogue *catalogue)
{
  g_atomic_rc_box_release_full (catalogue, catalogue_clear);
}

gsize
sag_catalogue_get_n_tasks (SagCatalogue *catalogue)
{
  g_return_val_if_fail (catalogue != NULL, 0);
  return catalogue->tasks->len;
}

const SagTask *
sag_catalogue_get_task (SagCatalogue *catalogue, gsize index)
{
  g_return_val_if_fail (catalogue != NULL && index < catalogue->tasks->len, NULL);
  return &g_array_index (catalogue->tasks, SagTask, index);
}

const SagTask *
sag_catalogue_find (SagCatalogue *catalogue, const char *text)
{
  guint at;

  g_return_val_if_fail (catalogue != NULL && text != NULL, NULL);

  at = GPOINTER_TO_UINT (g_hash_table_lookup (catalogue->by_text, text));
  return at > 0 ? sag_catalogue_get_task (catalogue, at - 1) : NULL;
}

/* 0 best, -1 for no match. Both are case-folded. */
static int
completion_rank (const SagTask *task, const char *typed)
{
  g_autofree char *text = g_utf8_casefold (task->text, -1);
  g_autofree char *label = g_utf8_casefold (task->label, -1);

  if (g_str_has_prefix (text, typed))
    return 0;
  if (g_str_has_prefix (label, typed))
    return 1;
  for (const char *at = strstr (text, typed); at != NULL; at = strstr (at + 1, typed))
    if (!g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at))))
      return 2;
  return -1;
}

GPtrArray *
sag_catalogue_complete (SagCatalogue *catalogue, const char *typed, gsize limit)
{
  g_autofree char *valid = NULL;
  g_autofree char *folded = NULL;
  g_autofree int  *ranks = NULL;
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  g_return_val_if_fail (catalogue != NULL && typed != NULL, NULL);

  valid = g_utf8_make_valid (typed, -1);
  folded = g_utf8_casefold (g_strchug (valid), -1);
  ranks = g_new (int, catalogue->tasks->len);
  for (guint i = 0; i < catalogue->tasks->len; i++)
    ranks[i] = completion_rank (sag_catalogue_get_task (catalogue, i), folded);
  for (int rank = 0; rank <= 2; rank++)
    for (guint i = 0; i < catalogue->tasks->len && found->len < limit; i++)
      if (ranks[i] == rank)
        g_ptr_array_add (found, (gpointer) sag_catalogue_get_task (catalogue, i));
  return g_steal_pointer (&found);
}

gsize
sag_catalogue_get_n_templates (SagCatalogue *catalogue)
{
  g_return_val_if_fail (catalogue != NULL, 0);
  return catalogue->templates->len;
}

const SagTaskTemplate *
sag_catalogue_get_template (SagCatalogue *catalogue, gsize index)
{
  g_return_val_if_fail (catalogue != NULL && index < catalogue->templates->len, NULL);
  return &g_array_index (catalogue->templates, SagTaskTemplate, index);
}

char *
sag_task_template_fill (const char *text, const char *finding, const char *organ, guint months)
{
  g_autofree char *horizon = sag_task_dup_horizon (months);
  const struct
  {
    const char *field, *value;
  } fields[] = { { "{finding}", finding }, { "{organ}", organ }, { "{horizon}", horizon } };
  GString *filled;

  g_return_val_if_fail (text != NULL && finding != NULL, NULL);

  filled = g_string_new (NULL);
  while (*text != 0)
    {
      gsize i = 0;

      while (i < G_N_ELEMENTS (fields) && !g_str_has_prefix (text, fields[i].field))
        i++;
      if (i == G_N_ELEMENTS (fields))
        {
          g_string_append_c (filled, *text++);
          continue;
        }
      g_string_append (filled, fields[i].value != NULL ? fields[i].value : "");
      text += strlen (fields[i].field);
    }
  return g_string_free (filled, FALSE);
}

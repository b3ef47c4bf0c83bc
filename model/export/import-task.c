/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/file.h"
#include "model/core/json-reader.h"
#include "model/export/import-private.h"
#include "model/text/task.h"

#include <string.h>

/* Of what stands beside a mask that was exported. */
#define ABOUT_BYTES (64 << 10)
#define HASH_DIGITS 8

/* In small letters; what is neither letter nor digit becomes one dash. */
static char *
dup_plain (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *small = g_utf8_casefold (valid, -1);
  GString         *plain = g_string_new (NULL);

  for (const char *at = small; *at != 0; at = g_utf8_next_char (at))
    {
      const gunichar letter = g_utf8_get_char (at);

      if (g_unichar_isalnum (letter))
        g_string_append_unichar (plain, letter);
      else if (plain->len > 0 && plain->str[plain->len - 1] != '-')
        g_string_append_c (plain, '-');
    }
  if (plain->len > 0 && plain->str[plain->len - 1] == '-')
    g_string_truncate (plain, plain->len - 1);
  return g_string_free (plain, FALSE);
}

static const SagTaskRow *
find_plain (const GPtrArray *tasks, const char *plain)
{
  const SagTaskRow *found = NULL;

  for (guint t = 0; *plain != 0 && t < tasks->len; t++)
    {
      const SagTaskRow *task = g_ptr_array_index (tasks, t);
      g_autofree char  *key = dup_plain (task->key);
      g_autofree char  *wording = dup_plain (task->wording);
      g_autofree char  *slug = sag_task_slug (task->wording);

      if (strcmp (plain, key) != 0 && strcmp (plain, wording) != 0 && strcmp (plain, slug) != 0)
        continue;
      if (found != NULL)
        return NULL;
      found = task;
    }
  return found;
}

const SagTaskRow *
sag_import_find_task (const GPtrArray *tasks, const char *name)
{
  g_autofree char *plain = dup_plain (name);

  return find_plain (tasks, plain);
}

static void
drop_end (char *text, const char *end)
{
  const gsize n = strlen (text), n_end = strlen (end);

  if (n > n_end && g_str_has_suffix (text, end))
    text[n - n_end] = 0;
}

/* "-1f3a9c04" */
static void
drop_hash (char *text)
{
  const gsize n = strlen (text);
  const char *dash = n > HASH_DIGITS + 1 ? text + n - HASH_DIGITS - 1 : NULL;

  if (dash != NULL && *dash == '-' && strspn (dash + 1, "0123456789abcdef") == HASH_DIGITS)
    text[n - HASH_DIGITS - 1] = 0;
}

/* "lung.nii" of "lung.nii_old.nii.gz"; FALSE: that is no NIfTI. */
static gboolean
drop_nifti (char *path)
{
  char *dot = g_strrstr (path, ".nii");

  if (dot != NULL)
    *dot = 0;
  return dot != NULL;
}

static const SagTaskRow *
find_by_file (const GPtrArray *tasks, const char *path, const char *scan)
{
  static const char *const endings[] = { "-mask", "-seg", "-segmentation", "-label" };
  g_autofree char         *name = sag_file_dup_display_name (path);
  g_autofree char         *plain = NULL;
  g_autofree char         *begin = dup_plain (scan);
  const SagTaskRow        *task;

  drop_nifti (name);
  plain = dup_plain (name);
  for (gsize e = 0; e < G_N_ELEMENTS (endings); e++)
    drop_end (plain, endings[e]);
  task = find_plain (tasks, plain);
  if (task != NULL)
    return task;
  drop_hash (plain);
  if (*begin != 0 && g_str_has_prefix (plain, begin) && plain[strlen (begin)] == '-')
    task = find_plain (tasks, plain + strlen (begin) + 1);
  return task != NULL ? task : find_plain (tasks, plain);
}

static const SagTaskRow *
find_by_key (const GPtrArray *tasks, const char *key)
{
  for (guint t = 0; t < tasks->len; t++)
    if (strcmp (((const SagTaskRow *) g_ptr_array_index (tasks, t))->key, key) == 0)
      return g_ptr_array_index (tasks, t);
  return NULL;
}

guint
sag_import_name_tasks (
  const GPtrArray *tasks, const char *path, const char *scan, GPtrArray *infos, guint first)
{
  const SagTaskRow *whole = infos->len == first + 1 ? find_by_file (tasks, path, scan) : NULL;
  guint             n = 0;

  for (guint i = first; i < infos->len; i++)
    {
      SagMaskInfo      *info = g_ptr_array_index (infos, i);
      const SagTaskRow *task = info->key != NULL ? find_by_key (tasks, info->key) : NULL;

      if (task == NULL)
        task = sag_import_find_task (tasks, info->name);
      if (task == NULL)
        task = whole;
      g_free (info->key);
      info->key = task != NULL ? g_strdup (task->key) : NULL;
      n += task != NULL;
    }
  return n;
}

static char *
dup_told (const char *path, const char *member)
{
  g_autofree char *about = g_strdup (path);
  g_autofree char *file = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  const char *told = NULL;

  if (!drop_nifti (about))
    return NULL;
  file = g_strconcat (about, ".json", NULL);
  if (!g_file_test (file, G_FILE_TEST_IS_REGULAR))
    return NULL;
  node = sag_json_parse_file (file, ABOUT_BYTES, NULL);
  object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  if (object == NULL || !json_object_has_member (object, "mask") ||
      !json_object_has_member (object, member) ||
      !sag_json_get_string (object, member, &told, NULL))
    return NULL;
  return told != NULL && *told != 0 ? g_strdup (told) : NULL;
}

char *
sag_import_dup_told_key (const char *path)
{
  g_autofree char *key = dup_told (path, "task");

  return sag_task_key_is_sound (key) ? g_steal_pointer (&key) : NULL;
}

char *
sag_import_dup_told_name (const char *path)
{
  return dup_told (path, "mask");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/compose-private.h"

#include "model/core/error.h"
#include "model/core/random.h"

#include <stdlib.h>
#include <string.h>

#define NODULES "Segment pulmonary nodules in the image."

static void
free_scan (gpointer data)
{
  SagComposeScan *scan = data;

  g_free (scan->path);
  g_free (scan->name);
  g_free (scan->patient);
  g_free (scan->study);
  g_free (scan->mask);
  g_free (scan->nodules);
  g_free (scan->key);
  g_free (scan->where);
  g_free (scan->conflict);
  g_free (scan);
}

static void
free_task (gpointer data)
{
  SagComposeTask *task = data;

  g_free (task->question);
  g_free (task->column);
  g_free (task);
}

static SagComposition *
composition_new (const SagComposeOptions *options)
{
  SagComposition *self = g_new0 (SagComposition, 1);

  self->options = options;
  self->seed = options->seed;
  self->balance = options->balance;
  self->organ_share = options->organ_share;
  self->nodule_repeat = options->nodule_repeat;
  self->scans = g_ptr_array_new_with_free_func (free_scan);
  self->scan_numbers = g_hash_table_new (g_str_hash, g_str_equal);
  self->tasks = g_ptr_array_new_with_free_func (free_task);
  self->labels = g_array_new (FALSE, FALSE, sizeof (SagComposeLabel));
  self->seen_labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->rows = g_array_new (FALSE, FALSE, sizeof (SagComposeRow));
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sag_composition_free (SagComposition *composition)
{
  if (composition == NULL)
    return;
  g_hash_table_unref (composition->scan_numbers);
  g_hash_table_unref (composition->seen_labels);
  g_ptr_array_unref (composition->scans);
  g_ptr_array_unref (composition->tasks);
  g_ptr_array_unref (composition->warnings);
  g_array_unref (composition->labels);
  g_array_unref (composition->rows);
  g_free (composition->first_missing);
  g_free (composition);
}

void
sag_compose_warn (SagComposition *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (self->warnings, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* "case1/ct" of "/a/case1/ct.nii.gz". */
static char *
dup_key (const char *path, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *parent = g_path_get_basename (folder);

  return g_strconcat (parent, "/", name, NULL);
}

guint
sag_compose_add_scan (
  SagComposition *self, const char *path, const char *patient, int split, const char *where)
{
  gpointer        found = g_hash_table_lookup (self->scan_numbers, path);
  SagComposeScan *scan;

  if (found != NULL)
    {
      scan = self->scans->pdata[GPOINTER_TO_INT (found) - 1];
      if (split >= 0 && scan->split >= 0 && scan->split != split && scan->conflict == NULL)
        scan->conflict = g_strdup (where);
      if (scan->split < 0)
        scan->split = split;
      if (scan->patient == NULL)
        scan->patient = g_strdup (patient);
      return GPOINTER_TO_UINT (found) - 1;
    }
  scan = g_new0 (SagComposeScan, 1);
  scan->path = g_strdup (path);
  scan->name = sag_compose_dup_name (path);
  scan->patient = g_strdup (patient);
  scan->split = split;
  scan->key = dup_key (path, scan->name);
  scan->where = g_strdup (where);
  g_ptr_array_add (self->scans, scan);
  g_hash_table_insert (self->scan_numbers, scan->path, GUINT_TO_POINTER (self->scans->len));
  self->any_patient = self->any_patient || patient != NULL;
  return self->scans->len - 1;
}

guint
sag_compose_find_task (SagComposition *self,
                       const char     *question,
                       const char     *column,
                       gboolean        of_catalogue)
{
  SagComposeTask *task;

  for (guint i = 0; i < self->tasks->len; i++)
    if (strcmp (((SagComposeTask *) self->tasks->pdata[i])->question, question) == 0)
      return i;
  task = g_new0 (SagComposeTask, 1);
  task->question = g_strdup (question);
  task->column = g_strdup (column);
  task->of_catalogue = of_catalogue;
  g_ptr_array_add (self->tasks, task);
  return self->tasks->len - 1;
}

/* How many scans have each name: a mask that is found by a name must belong to one. */
static GHashTable *
count_names (const SagComposition *self)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->scans->len; i++)
    {
      const SagComposeScan *scan = self->scans->pdata[i];
      int                   n = GPOINTER_TO_INT (g_hash_table_lookup (names, scan->name));

      g_hash_table_insert (names, scan->name, GINT_TO_POINTER (n + 1));
    }
  return names;
}

/* By the scan's own name where only one is called so, else by its folder's. */
static const char *
find_mask (SagComposeFiles *files, GHashTable *names, const SagComposeScan *scan)
{
  const char      *found = NULL;
  g_autofree char *folder = g_path_get_dirname (scan->path);
  g_autofree char *parent = g_path_get_basename (folder);

  if (GPOINTER_TO_INT (g_hash_table_lookup (names, scan->name)) == 1)
    found = sag_compose_files_find (files, scan->name);
  if (found == NULL)
    found = sag_compose_files_find (files, parent);
  return g_strcmp0 (found, scan->path) == 0 ? NULL : found;
}

static gboolean
add_masks (SagComposition *self, GError **error)
{
  g_autoptr (GHashTable) names = count_names (self);
  g_autoptr (SagComposeFiles) files = NULL;

  if (self->options->masks != NULL)
    {
      files = sag_compose_files_new (self->options->masks, TRUE, error);
      if (files == NULL)
        return FALSE;
    }
  for (guint i = 0; i < self->scans->len; i++)
    {
      SagComposeScan *scan = self->scans->pdata[i];

      if (scan->mask == NULL && files != NULL)
        scan->mask = g_strdup (find_mask (files, names, scan));
      self->counts.n_with_masks += scan->mask != NULL;
    }
  if (files == NULL || self->counts.n_with_masks > 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "No mask in %s is called as one of the scans; a mask of scan.nii.gz is scan.nii.gz, "
               "scan_seg.nii.gz, scan_labels.nii.gz or scan/segmentations.nii.gz.",
               self->options->masks);
  return FALSE;
}

/* Nodule masks with no scan in the tables, whose scan lies among the images. */
static void
add_nodule_scans (SagComposition *self, SagComposeFiles *files, SagComposeFiles *images)
{
  g_autoptr (GPtrArray) masks = sag_compose_files_list (files);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->scans->len; i++)
    {
      const SagComposeScan *scan = self->scans->pdata[i];
      g_autofree char      *folder = g_path_get_dirname (scan->path);

      g_hash_table_add (known, g_strdup (scan->name));
      g_hash_table_add (known, g_path_get_basename (folder));
    }
  for (guint i = 0; images != NULL && i < masks->len; i++)
    {
      const char *name = masks->pdata[i];
      const char *image = sag_compose_files_find (images, name);

      if (image != NULL && !g_hash_table_contains (known, name))
        sag_compose_add_scan (self, image, name, -1, name);
    }
}

static gboolean
add_nodules (SagComposition *self, SagComposeFiles *images, GError **error)
{
  g_autoptr (SagComposeFiles) files = NULL;
  g_autoptr (GHashTable) names = NULL;
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);
  gsize n_masks;

  if (self->options->nodules == NULL)
    return TRUE;
  files = sag_compose_files_new (self->options->nodules, TRUE, error);
  if (files == NULL)
    return FALSE;
  add_nodule_scans (self, files, images);
  names = count_names (self);
  for (guint i = 0; i < self->scans->len; i++)
    {
      SagComposeScan *scan = self->scans->pdata[i];

      scan->nodules = g_strdup (find_mask (files, names, scan));
      if (scan->nodules != NULL)
        g_hash_table_add (used, scan->nodules);
    }
  self->counts.n_nodule_masks = g_hash_table_size (used);
  n_masks = sag_compose_files_count (files);
  if (self->counts.n_nodule_masks < n_masks)
    sag_compose_warn (self, "Nodule masks that have no scan of their name, or more than one: %zu.",
                      n_masks - self->counts.n_nodule_masks);
  if (self->counts.n_nodule_masks > 0)
    {
      sag_compose_find_task (self, NODULES, NULL, TRUE);
      return TRUE;
    }
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "No mask in %s is called as a scan; give the scans' folder with --images.",
               self->options->nodules);
  return FALSE;
}

static gboolean
read_all (SagComposition *self, GError **error)
{
  const SagComposeOptions *options = self->options;
  g_autoptr (SagComposeFiles) images = NULL;

  if (options->images != NULL)
    {
      images = sag_compose_files_new (options->images, FALSE, error);
      if (images == NULL)
        return FALSE;
    }
  for (gsize i = 0; options->tables[i] != NULL; i++)
    if (!sag_compose_read_table (self, options->tables[i], images, error))
      return FALSE;
  return add_nodules (self, images, error) && add_masks (self, error);
}

static gboolean
check_any (SagComposition *self, GError **error)
{
  if (self->counts.n_missing > 0)
    sag_compose_warn (
      self, "Scans of the tables that are not there and are left out: %zu, that of %s first.",
      self->counts.n_missing, self->first_missing);
  if (!self->any_patient && self->scans->len > 0)
    sag_compose_warn (self, "There is no patient_id: every scan counts as a patient, and nobody "
                            "can check that no patient is in two splits.");
  if (self->rows->len > 0)
    return TRUE;
  if (self->scans->len == 0 && self->counts.n_missing > 0)
    g_set_error (
      error, SAG_ERROR, SAG_ERROR_ARGUMENT,
      "None of the %zu scans is there, not that of %s; say where they lie with --images.",
      self->counts.n_missing, self->first_missing);
  else
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "There is no label to ask about and no mask; check the tables' columns, "
                         "or give --masks or --nodules.");
  return FALSE;
}

static void
count_scans (SagComposition *self)
{
  g_autoptr (GHashTable) patients = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->scans->len; i++)
    {
      SagComposeScan *scan = self->scans->pdata[i];

      self->counts.n_scans[scan->split]++;
      if (g_hash_table_add (patients, scan->patient != NULL ? scan->patient : scan->path))
        self->counts.n_patients[scan->split]++;
    }
}

SagComposition *
sag_compose (const SagComposeOptions *options, GError **error)
{
  g_autoptr (SagComposition) self = composition_new (options);

  if (!read_all (self, error) || !sag_compose_assign_splits (self, error))
    return NULL;
  count_scans (self);
  sag_compose_choose (self);
  if (!check_any (self, error))
    return NULL;
  g_ptr_array_add (self->warnings, NULL);
  self->options = NULL;
  return g_steal_pointer (&self);
}

const SagComposeCounts *
sag_composition_get_counts (const SagComposition *composition)
{
  return &composition->counts;
}

gsize
sag_composition_get_n_tasks (const SagComposition *composition)
{
  return composition->tasks->len;
}

const SagComposeTask *
sag_composition_get_task (const SagComposition *composition, gsize task)
{
  return composition->tasks->pdata[task];
}

const char *const *
sag_composition_get_warnings (const SagComposition *composition)
{
  return (const char *const *) composition->warnings->pdata;
}

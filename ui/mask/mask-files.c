/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/mask-files.h"

#include "model/core/file.h"
#include "model/core/hash.h"
#include "model/export/import.h"
#include "model/text/task.h"
#include "model/volume/nifti.h"
#include "ui/mask/case-masks-private.h"
#include "ui/mask/mask-task.h"
#include "ui/mask/masks-private.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

/* Reading */

/**
 * @one: whose masks they are to be
 * @reader: (nullable): of @target when reading began
 * @is_watched: it appeared by itself: written again, its masks change
 * @infos, @masks: what was found
 */
typedef struct
{
  SagUiMasks     *self;
  SagUiCase      *one;
  SagUiCaseMasks *target;
  char           *reader;
  char           *path;
  char           *scan;
  gboolean        by_model;
  gboolean        is_watched;
  SagGeometry     grid;
  GPtrArray      *infos;
  GPtrArray      *masks;
  SagExported     notes;
} Read;

/* On the main thread: the other one may be the last to let go of the task. */
static void
read_let_go (Read *read)
{
  g_clear_object (&read->target);
  g_clear_object (&read->one);
  g_clear_object (&read->self);
}

static void
read_free (gpointer data)
{
  Read *read = data;

  read_let_go (read);
  g_ptr_array_unref (read->infos);
  g_ptr_array_unref (read->masks);
  sag_exported_clear (&read->notes);
  g_free (read->reader);
  g_free (read->path);
  g_free (read->scan);
  g_free (read);
}

static gboolean
is_nifti (const char *name)
{
  return g_str_has_suffix (name, ".nii") || g_str_has_suffix (name, ".nii.gz");
}

static char *
dup_base (const char *name)
{
  char *base = g_strdup (name);

  if (g_str_has_suffix (base, ".gz"))
    base[strlen (base) - 3] = 0;
  if (g_str_has_suffix (base, ".nii"))
    base[strlen (base) - 4] = 0;
  return base;
}

/* ITK-SNAP's table, or TotalSegmentator's, beside the file. */
static char *
dup_table (const char *path)
{
  static const char *const endings[] = { ".txt", ".label", ".csv" };
  g_autofree char         *base = dup_base (path);

  for (guint e = 0; e < G_N_ELEMENTS (endings); e++)
    {
      g_autofree char *table = g_strconcat (base, endings[e], NULL);

      if (g_file_test (table, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&table);
    }
  return NULL;
}

static gboolean
read_once (Read *read, const char *table, GCancellable *cancellable, GError **error)
{
  return sag_import_read_masks (read->path, table, NULL, read->by_model, &read->grid, read->scan,
                                read->infos, read->masks, &read->notes, cancellable, error);
}

/* A text beside the file that is no table is no obstacle. */
static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Read            *read = data;
  g_autofree char *table = dup_table (read->path);
  GError          *error = NULL;

  if ((table != NULL && read_once (read, table, cancellable, NULL)) ||
      read_once (read, NULL, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
say_read (Read *read, guint n)
{
  g_autofree char *name = sag_file_dup_display_name (read->path);
  /* Translators: how many masks came from a file, and its name. */
  g_autofree char *sentence = g_strdup_printf (
    ngettext ("%u mask was opened from %s.", "%u masks were opened from %s.", n), n, name);

  if (n > 0)
    sag_ui_session_say (read->self->session, sentence);
  for (guint s = 0; s < read->notes.notes->len; s++)
    sag_ui_session_say (read->self->session, read->notes.notes->pdata[s]);
}

/* What the watched folder calls the mask: a file, the name of the mask, and which of those of that name. */
static char *
dup_origin (const Read *read, guint m)
{
  const char *name = ((const SagMaskInfo *) read->infos->pdata[m])->name;
  guint       n = 0;

  for (guint before = 0; before < m; before++)
    n += g_strcmp0 (((const SagMaskInfo *) read->infos->pdata[before])->name, name) == 0;
  return g_strdup_printf ("%s#%s#%u", read->path, name, n);
}

static gboolean
add_read (Read *read, guint m)
{
  const SagMaskInfo *info = read->infos->pdata[m];
  g_autofree char   *active = g_strdup (sag_ui_case_masks_get_active (read->target));
  g_autofree char   *id = g_strdup (sag_ui_case_masks_add (read->target, info->name, info->key,
                                                           &info->colour, read->masks->pdata[m]));

  if (id == NULL)
    return FALSE;
  /* What comes by itself does not take the mask from under the hand. */
  if (read->is_watched && active != NULL)
    sag_ui_case_masks_set_active (read->target, active);
  sag_ui_case_masks_note_kept (read->target, id, read->masks->pdata[m]);
  if (read->is_watched && read->self->watched_ids != NULL)
    g_hash_table_replace (read->self->watched_ids, dup_origin (read, m), g_strdup (id));
  return TRUE;
}

static SagMask *
same_func (SagMask *mask, gpointer data, char **note, GCancellable *cancellable, GError **error)
{
  return sag_mask_ref (data);
}

/* The other tool went on with a mask that is already here. */
static gboolean
change_known (Read *read, guint m, guint *n)
{
  g_autofree char *origin = dup_origin (read, m);
  const char      *id =
    read->self->watched_ids != NULL ? g_hash_table_lookup (read->self->watched_ids, origin) : NULL;
  SagMaskSet *set = sag_ui_case_masks_get_set (read->target);

  if (id == NULL || sag_mask_set_find (set, id) < 0)
    return FALSE;
  *n += sag_ui_case_masks_run_on (read->target, id, _ ("Mask read again"), same_func,
                                  sag_mask_ref (read->masks->pdata[m]),
                                  (GDestroyNotify) sag_mask_unref);
  return TRUE;
}

/* Without a project a key that came with the file stays. */
static void
name_tasks (Read *read)
{
  const GPtrArray *tasks = sag_ui_masks_get_tasks (read->self);

  if (tasks != NULL)
    sag_import_name_tasks (tasks, read->path, read->scan, read->infos, 0);
}

/* (nullable): why what was read belongs nowhere any more. If the scan was met meanwhile as a case whose masks were
 * there already, it goes to those. */
static char *
dup_refusal (Read *read)
{
  SagUiCaseMasks  *now = sag_ui_case_masks_peek (read->one);
  g_autofree char *name = sag_file_dup_display_name (read->path);

  if (now == NULL ||
      !sag_geometry_equal (sag_mask_set_get_geometry (sag_ui_case_masks_get_set (now)), &read->grid,
                           SAG_SAME_GRID_MM))
    /* Translators: the name of a file of masks. */
    return g_strdup_printf (_ ("%s was not opened: its scan is another one now."), name);
  if (read->reader != NULL && g_strcmp0 (now->reader, read->reader) != 0)
    /* Translators: the name of a file of masks. */
    return g_strdup_printf (_ ("%s was not opened: another reader works now."), name);
  g_set_object (&read->target, now);
  return NULL;
}

static void
take (Read *read, GTask *task)
{
  guint            n = 0;
  g_autofree char *refusal = NULL;
  g_autoptr (GError) error = NULL;

  if (read->self->session == NULL)
    return;
  if (!g_task_propagate_boolean (task, &error) || (refusal = dup_refusal (read)) != NULL)
    {
      sag_ui_session_say (read->self->session, error != NULL ? error->message : refusal);
      return;
    }
  name_tasks (read);
  for (guint m = 0; m < read->masks->len; m++)
    if (!read->is_watched || !change_known (read, m, &n))
      n += add_read (read, m);
  say_read (read, n);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Read *read = g_task_get_task_data (G_TASK (result));

  take (read, G_TASK (result));
  read_let_go (read);
}

static void
open_file (SagUiMasks     *self,
           SagUiCase      *one,
           SagUiCaseMasks *target,
           const char     *path,
           gboolean        by_model,
           gboolean        is_watched)
{
  Read *read = g_new0 (Read, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, read_cb, NULL);

  read->self = g_object_ref (self);
  read->one = g_object_ref (one);
  read->target = g_object_ref (target);
  read->reader = g_strdup (target->reader);
  read->path = g_strdup (path);
  read->scan = g_strdup (sag_ui_case_get_name (one));
  read->by_model = by_model;
  read->is_watched = is_watched;
  read->grid = *sag_mask_set_get_geometry (sag_ui_case_masks_get_set (target));
  read->infos = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_info_free);
  read->masks = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_unref);
  sag_exported_init (&read->notes);
  g_task_set_task_data (task, read, read_free);
  g_task_run_in_thread (task, read_thread);
}

void
sag_ui_mask_files_open (SagUiMasks *self, GListModel *files, gboolean by_model)
{
  SagUiCaseMasks *target = sag_ui_masks_make_current (self);

  for (guint f = 0; target != NULL && f < g_list_model_get_n_items (files); f++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, f);
      g_autofree char *path = g_file_get_path (file);

      if (path != NULL)
        open_file (self, sag_ui_session_get_case (self->session), target, path, by_model, FALSE);
      else
        sag_ui_session_say (self->session, _ ("Only files on this computer can be read."));
    }
}

/* Writing */

typedef struct
{
  SagUiMasks     *self;
  SagUiCaseMasks *source;
  GPtrArray      *ids;
  GPtrArray      *masks;
  GPtrArray      *paths;
  guint           n_written;
} Write;

static void
write_let_go (Write *write)
{
  g_clear_object (&write->source);
  g_clear_object (&write->self);
}

static void
write_free (gpointer data)
{
  Write *write = data;

  write_let_go (write);
  g_ptr_array_unref (write->ids);
  g_ptr_array_unref (write->masks);
  g_ptr_array_unref (write->paths);
  g_free (write);
}

static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Write  *write = data;
  GError *error = NULL;

  for (; write->n_written < write->masks->len; write->n_written++)
    {
      const guint        m = write->n_written;
      const SagGeometry *grid = sag_mask_get_geometry (write->masks->pdata[m]);
      g_autofree guint8 *voxels = g_try_malloc0 ((gsize) sag_geometry_n_voxels (grid));

      if (voxels == NULL)
        {
          g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                                   _ ("There is no memory to write the mask."));
          return;
        }
      sag_mask_fill_voxels (write->masks->pdata[m], 1, voxels);
      if (!sag_nifti_save (write->paths->pdata[m], grid, SAG_NIFTI_UINT8, voxels, "Sagitta mask",
                           cancellable, &error))
        {
          g_task_return_error (task, error);
          return;
        }
    }
  g_task_return_boolean (task, TRUE);
}

/* The folder may have several names. */
static gboolean
is_watched (SagUiMasks *self, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  GStatBuf         its, watched;

  return self->watched_folder != NULL && g_stat (folder, &its) == 0 &&
         g_stat (self->watched_folder, &watched) == 0 && its.st_dev == watched.st_dev &&
         its.st_ino == watched.st_ino;
}

/* Files that we write are not another tool's; what comes later under the name of one that we could not is. */
static void
note_written (const Write *write)
{
  for (guint m = write->n_written; m < write->paths->len; m++)
    if (is_watched (write->self, write->paths->pdata[m]))
      {
        g_autofree char *name = g_path_get_basename (write->paths->pdata[m]);

        g_hash_table_remove (write->self->watched_seen, name);
      }
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Write           *write = g_task_get_task_data (G_TASK (result));
  g_autofree char *sentence = NULL;
  g_autoptr (GError) error = NULL;

  note_written (write);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      for (guint m = 0; m < write->masks->len; m++)
        sag_ui_case_masks_note_kept (write->source, write->ids->pdata[m], write->masks->pdata[m]);
      sentence =
        g_strdup_printf (ngettext ("%u mask was saved and read back.",
                                   "%u masks were saved and read back.", write->masks->len),
                         write->masks->len);
    }
  if (write->self->session != NULL)
    sag_ui_session_say (write->self->session, error != NULL ? error->message : sentence);
  write_let_go (write);
}

static Write *
write_new (SagUiMasks *self)
{
  Write *write = g_new0 (Write, 1);

  write->self = g_object_ref (self);
  write->source = g_object_ref (self->current);
  write->ids = g_ptr_array_new_with_free_func (g_free);
  write->masks = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_unref);
  write->paths = g_ptr_array_new_with_free_func (g_free);
  return write;
}

static void
write_add (Write *write, guint index, char *path)
{
  SagMaskSet *set = sag_ui_case_masks_get_set (write->source);

  g_ptr_array_add (write->ids, g_strdup (sag_mask_set_get_info (set, index)->id));
  g_ptr_array_add (write->masks, sag_mask_ref (sag_mask_set_get_mask (set, index)));
  g_ptr_array_add (write->paths, path);
  if (is_watched (write->self, path))
    g_hash_table_add (write->self->watched_seen, g_path_get_basename (path));
}

static void
write_run (Write *write)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, written_cb, NULL);

  g_task_set_task_data (task, write, write_free);
  g_task_run_in_thread (task, write_thread);
}

static gboolean
has_path (SagUiMasks *self, GFile *file)
{
  if (g_file_peek_path (file) != NULL)
    return TRUE;
  sag_ui_session_say (self->session, _ ("Only files on this computer can be written."));
  return FALSE;
}

void
sag_ui_mask_files_save (SagUiMasks *self, guint index, GFile *file)
{
  Write *write;

  if (self->current == NULL || index >= sag_ui_case_masks_get_n (self->current) ||
      !has_path (self, file))
    return;
  write = write_new (self);
  write_add (write, index,
             is_nifti (g_file_peek_path (file))
               ? g_file_get_path (file)
               : g_strconcat (g_file_peek_path (file), ".nii.gz", NULL));
  write_run (write);
}

/* CASE__NAME-HEX__mask.nii.gz, as exports of projects call it. */
char *
sag_ui_mask_files_dup_name (SagUiMasks *self, guint index)
{
  const SagMaskInfo *info =
    sag_mask_set_get_info (sag_ui_case_masks_get_set (self->current), index);
  g_autofree char *slug = sag_task_slug (info->name);
  g_autofree char *hash = sag_hash_sha256 (info->id, strlen (info->id));

  return g_strdup_printf ("%s__%s-%.8s__mask.nii.gz",
                          sag_ui_case_get_name (sag_ui_session_get_case (self->session)), slug,
                          hash);
}

void
sag_ui_mask_files_save_all (SagUiMasks *self, GFile *folder)
{
  const guint n = self->current != NULL ? sag_ui_case_masks_get_n (self->current) : 0;
  Write      *write;

  if (n == 0 || !has_path (self, folder))
    return;
  write = write_new (self);
  for (guint m = 0; m < n; m++)
    {
      g_autofree char *name = sag_ui_mask_files_dup_name (self, m);

      if (!sag_mask_is_empty (sag_mask_set_get_mask (sag_ui_case_masks_get_set (self->current), m)))
        write_add (write, m, g_build_filename (g_file_peek_path (folder), name, NULL));
    }
  write_run (write);
}

/* Watching */

gboolean
sag_ui_mask_files_fits (const char *name, const char *scan)
{
  const gsize      n = strlen (scan);
  g_autofree char *base = dup_base (name);

  return n > 0 && is_nifti (name) && strncmp (base, scan, n) == 0 && !g_ascii_isalnum (base[n]);
}

/* The open scan that a file belongs to: the one with the longest name. */
static SagUiCase *
find_case (SagUiMasks *self, GFile *file, const char *name)
{
  GListModel *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));
  SagUiCase  *best = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (cases); i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (cases, i);

      if (sag_ui_case_get_state (one) != SAG_UI_CASE_READY ||
          g_file_equal (sag_ui_case_get_file (one), file) ||
          !sag_ui_mask_files_fits (name, sag_ui_case_get_name (one)))
        continue;
      if (best == NULL ||
          strlen (sag_ui_case_get_name (one)) > strlen (sag_ui_case_get_name (best)))
        best = one; /* the list keeps it */
    }
  return best;
}

static void
appeared_cb (
  GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, SagUiMasks *self)
{
  GFile           *now = event == G_FILE_MONITOR_EVENT_RENAMED ? other : file;
  g_autofree char *name = now != NULL ? g_file_get_basename (now) : NULL;
  SagUiCaseMasks  *target;
  SagUiCase       *one;

  if (name == NULL || self->session == NULL ||
      (event != G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT && event != G_FILE_MONITOR_EVENT_MOVED_IN &&
       event != G_FILE_MONITOR_EVENT_RENAMED))
    return;
  if (g_hash_table_remove (self->watched_seen, name))
    return;
  one = find_case (self, now, name);
  if (one == NULL)
    return;
  target = sag_ui_masks_take (self, one);
  if (target == NULL)
    return;
  sag_ui_masks_follow_case (self);
  open_file (self, one, target, g_file_peek_path (now), TRUE, TRUE);
}

static void
stop_watching (SagUiMasks *self)
{
  if (self->watched != NULL)
    g_file_monitor_cancel (self->watched);
  g_clear_object (&self->watched);
  g_clear_pointer (&self->watched_folder, g_free);
  g_clear_pointer (&self->watched_seen, g_hash_table_unref);
  g_clear_pointer (&self->watched_ids, g_hash_table_unref);
}

void
sag_ui_mask_files_watch (SagUiMasks *self, GFile *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = folder != NULL ? g_file_get_basename (folder) : NULL;
  g_autofree char *sentence = NULL;

  stop_watching (self);
  if (folder != NULL)
    self->watched = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (self->watched != NULL)
    {
      self->watched_folder = g_file_get_path (folder);
      self->watched_seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      self->watched_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_signal_connect_object (self->watched, "changed", G_CALLBACK (appeared_cb), self, 0);
      /* Translators: the name of a folder. */
      sentence =
        g_strdup_printf (_ ("Masks that appear in %s with the name of a scan are opened."), name);
    }
  else
    sentence = g_strdup (error != NULL ? error->message : _ ("No folder is watched."));
  sag_ui_masks_update_actions (self);
  sag_ui_session_say (self->session, sentence);
}

void
sag_ui_mask_files_stop (SagUiMasks *self)
{
  stop_watching (self);
}

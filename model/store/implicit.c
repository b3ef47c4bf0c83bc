/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/implicit.h"

#include "model/store/cases.h"
#include "model/store/labels.h"
#include "model/store/owner.h"

#include <errno.h>
#include <glib/gstdio.h>

#define SUFFIX ".sagitta"

char *
sag_implicit_dup_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "sagitta", "unsaved", NULL);
}

/* Making one */

static gboolean
make_folder (const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0700) == 0 && g_chmod (folder, 0700) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               "Work that is in no project cannot be kept in %s: %s. Make a project to be safe.",
               folder, g_strerror (errno));
  return FALSE;
}

SagStore *
sag_implicit_create (const char *reader, GError **error)
{
  g_autofree char *folder = sag_implicit_dup_folder ();
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *name = g_strconcat (uuid, SUFFIX, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return make_folder (folder, error)
           ? sag_store_open (path, SAG_STORE_CREATE | SAG_STORE_PRIVATE, reader, error)
           : NULL;
}

/* Finding those that were left behind */

static void
case_free (gpointer data)
{
  SagImplicitCase *one = data;

  g_free (one->name);
  g_free (one->path);
  g_free (one);
}

void
sag_implicit_free (SagImplicit *implicit)
{
  g_free (implicit->path);
  g_free (implicit->problem);
  g_ptr_array_unref (implicit->cases);
  g_free (implicit);
}

/* Empty masks are no work. */
static gboolean
look (SagDb *db, gpointer data, GError **error)
{
  SagImplicit *implicit = data;
  GError      *failure = NULL;
  SagRow      *row =
    sag_db_query (db, error,
                  "SELECT c.name, c.path,"
                  " (SELECT count(*) FROM masks m WHERE m.case_id = c.id AND EXISTS"
                  "  (SELECT 1 FROM bricks b WHERE b.mask_id = m.id)) AS n_masks,"
                  " (SELECT count(*) FROM labels l WHERE l.case_id = c.id AND l.value <> 0)"
                  "  AS n_labels,"
                  " max (c.added, ifnull ((SELECT max (at) FROM masks WHERE case_id = c.id), 0),"
                  "      ifnull ((SELECT max (at) FROM labels WHERE case_id = c.id), 0)) AS latest "
                  "FROM cases c WHERE n_masks + n_labels > 0 ORDER BY latest DESC",
                  "");

  if (row == NULL)
    return FALSE;
  g_ptr_array_set_size (implicit->cases, 0);
  while (sag_db_next (db, row, &failure))
    {
      SagImplicitCase *one = g_new (SagImplicitCase, 1);

      *one =
        (SagImplicitCase){ sag_row_dup_text (row, 0), g_strdup (sag_row_text (row, 1)),
                           (guint) sag_row_integer (row, 2), (guint) sag_row_integer (row, 3) };
      g_ptr_array_add (implicit->cases, one);
    }
  return sag_db_settle (failure, error);
}

/* What was left where there was no room to begin. */
static gboolean
is_nothing (const char *path)
{
  static const char *const ends[] = { "", "-wal", "-journal" };

  for (gsize e = 0; e < G_N_ELEMENTS (ends); e++)
    {
      g_autofree char *name = g_strconcat (path, ends[e], NULL);
      GStatBuf         info;

      if (g_stat (name, &info) == 0 ? info.st_size > 0 : errno != ENOENT)
        return FALSE;
    }
  return TRUE;
}

/* Returns: (nullable): a window has it open, or there is nothing in it */
static SagImplicit *
find_work (const char *path)
{
  g_autoptr (SagImplicit) out = g_new0 (SagImplicit, 1);
  g_autoptr (GError) error = NULL;
  SagStore *store;
  GStatBuf  info;

  out->path = g_strdup (path);
  out->cases = g_ptr_array_new_with_free_func (case_free);
  out->changed = g_stat (path, &info) == 0 ? (gint64) info.st_mtime : 0;
  if (is_nothing (path))
    {
      sag_implicit_remove (path, NULL);
      return NULL;
    }
  store = sag_store_open (path, SAG_STORE_WRITE, NULL, &error);
  if (store != NULL && sag_store_is_read_only (store))
    {
      sag_store_free (store);
      return NULL;
    }
  if (store != NULL && !sag_store_run (store, look, out, &error))
    g_ptr_array_set_size (out->cases, 0);
  g_clear_pointer (&store, sag_store_free);
  if (error != NULL)
    out->problem = g_strdup (error->message);
  else if (out->cases->len == 0)
    {
      sag_implicit_remove (path, NULL);
      return NULL;
    }
  return g_steal_pointer (&out);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const SagImplicit *one = *(SagImplicit *const *) a, *other = *(SagImplicit *const *) b;

  return one->changed < other->changed ? 1 : one->changed > other->changed ? -1 : 0;
}

GPtrArray *
sag_implicit_list (void)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_implicit_free);
  g_auto (GStrv) paths = sag_implicit_dup_paths ();

  for (gsize p = 0; paths[p] != NULL; p++)
    {
      SagImplicit *one = find_work (paths[p]);

      if (one != NULL)
        g_ptr_array_add (out, one);
    }
  g_ptr_array_sort (out, compare);
  return out;
}

gboolean
sag_implicit_remove (const char *path, GError **error)
{
  /* The project itself goes last: what is left of a removal that was cut short is found again. */
  static const char *const ends[] = { "-wal", "-shm", "-journal", "" };
  g_autofree char         *who = NULL;
  g_autoptr (SagOwner) owner = sag_owner_take (path, g_get_user_name (), &who, error);

  if (owner == NULL)
    {
      if (who != NULL)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, "%s is open by %s.", path, who);
      return FALSE;
    }
  for (gsize e = 0; e < G_N_ELEMENTS (ends); e++)
    {
      g_autofree char *name = g_strconcat (path, ends[e], NULL);

      if (g_unlink (name) != 0 && errno != ENOENT)
        {
          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                       "%s cannot be removed: %s.", name, g_strerror (errno));
          return FALSE;
        }
    }
  return TRUE;
}

/* What joined a project */

typedef struct
{
  const SagAdopted *adopted; /* (nullable) */
  const char       *mask;    /* (nullable): goes, too */
  gint64            n_left;
} Drop;

static gboolean
has_id (const GArray *ids, gint64 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;
  return FALSE;
}

/* Steps hang on all masks of their journal. */
static gboolean
drop_mask (SagDb *db, const char *id, GError **error)
{
  return sag_db_run (
           db, error,
           "DELETE FROM steps WHERE case_id IN (SELECT case_id FROM masks WHERE uuid = ?)", "s",
           id) &&
         sag_db_run (db, error, "DELETE FROM masks WHERE uuid = ?", "s", id);
}

static gboolean
drop_masks (SagDb *db, const SagAdopted *adopted, gint64 case_id, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  GError *failure = NULL;
  SagRow *row = sag_db_query (db, error, "SELECT uuid FROM masks WHERE case_id = ?", "i", case_id);

  if (row == NULL)
    return FALSE;
  while (sag_db_next (db, row, &failure))
    if (sag_row_text (row, 0) != NULL &&
        !g_ptr_array_find_with_equal_func (adopted->masks, sag_row_text (row, 0), g_str_equal,
                                           NULL))
      g_ptr_array_add (ids, sag_row_dup_text (row, 0));
  for (guint i = 0; failure == NULL && i < ids->len; i++)
    drop_mask (db, ids->pdata[i], &failure);
  return sag_db_settle (failure, error);
}

static gboolean
drop_labels (SagDb *db, const SagAdopted *adopted, gint64 case_id, GError **error)
{
  g_autoptr (GPtrArray) labels = sag_labels_list (db, case_id, error);

  if (labels == NULL)
    return FALSE;
  for (guint l = 0; l < labels->len; l++)
    {
      const SagLabelRow *label = labels->pdata[l];

      if (!has_id (adopted->labels, label->id) &&
          !sag_db_run (db, error, "DELETE FROM labels WHERE id = ?", "i", label->id))
        return FALSE;
    }
  return TRUE;
}

static gboolean
drop_all (SagDb *db, const SagAdopted *adopted, GError **error)
{
  g_autoptr (GPtrArray) cases = sag_cases_list (db, error);

  for (guint c = 0; cases != NULL && c < cases->len; c++)
    {
      const gint64 id = ((const SagCaseRow *) cases->pdata[c])->id;

      if (!has_id (adopted->scans, id) &&
          (!drop_masks (db, adopted, id, error) || !drop_labels (db, adopted, id, error)))
        return FALSE;
    }
  return cases != NULL;
}

static gboolean
drop (SagDb *db, gpointer data, GError **error)
{
  Drop *drop = data;

  return (drop->adopted == NULL || drop_all (db, drop->adopted, error)) &&
         (drop->mask == NULL || drop_mask (db, drop->mask, error)) &&
         sag_db_integer (db, 0, &drop->n_left, error,
                         "SELECT (SELECT count(*) FROM masks m WHERE EXISTS (SELECT 1 FROM bricks "
                         "b WHERE b.mask_id = m.id)) + (SELECT count(*) FROM labels WHERE value "
                         "<> 0)",
                         "");
}

static gboolean
drop_from (const char *path, Drop *one, GError **error)
{
  SagStore *store = sag_store_open (path, SAG_STORE_WRITE, NULL, error);
  gboolean  done = store != NULL && sag_store_need_writable (store, error) &&
                  sag_store_run (store, drop, one, error);

  if (store != NULL && !done)
    sag_store_free (store);
  else if (store != NULL)
    done = sag_store_close (store, error);
  return done && (one->n_left > 0 || sag_implicit_remove (path, error));
}

gboolean
sag_implicit_drop_joined (const char       *path,
                          const SagAdopted *adopted,
                          gboolean         *gone,
                          GError          **error)
{
  Drop     one = { .adopted = adopted };
  gboolean done = drop_from (path, &one, error);

  if (gone != NULL)
    *gone = done && one.n_left == 0;
  return done;
}

gboolean
sag_implicit_drop_mask (const char *path, const char *id, GError **error)
{
  Drop one = { .mask = id };

  return drop_from (path, &one, error);
}

char **
sag_implicit_dup_paths (void)
{
  g_autofree char *folder = sag_implicit_dup_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, SUFFIX))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_strv_builder_add (paths, path);
      }
  return g_strv_builder_end (paths);
}

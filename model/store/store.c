/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/store-private.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/store/audit.h"
#include "model/store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Opening and closing */

/* SQLite says whether it is a database. To open the file here and close it again would let go of every lock that this
 * process has on it (https://www.sqlite.org/howtocorrupt.html, section 2.2). */
static gboolean
check_can_read (const char *path, GError **error)
{
  g_autofree char *name = sag_file_dup_display_name (path);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return sag_db_set_error (NULL, SQLITE_NOTADB, name, error);
  if (access (path, R_OK) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s cannot be opened: %s.",
               name, g_strerror (errno));
  return FALSE;
}

/* Tries for the right to write; says why it cannot be had. */
static gboolean
take_owner (SagStore *store, const char *reader, gboolean create, GError **error)
{
  g_autofree char *who = NULL;
  g_autofree char *name = sag_file_dup_display_name (store->path);
  g_autoptr (GError) failure = NULL;

  store->owner = sag_owner_take (store->path, reader, &who, &failure);
  if (store->owner != NULL && !create && access (store->path, W_OK) != 0)
    {
      g_clear_pointer (&store->owner, sag_owner_free);
      store->why_read_only = g_strdup_printf (
        "%s can only be looked at: the file is read-only. Save it elsewhere to work on it.", name);
    }
  else if (who != NULL)
    store->why_read_only =
      g_strdup_printf ("%s is open by %s. Here it can only be looked at until then.", name, who);
  else if (failure != NULL)
    store->why_read_only = g_strdup (failure->message);
  store->writable = store->owner != NULL;
  if (store->writable || !create)
    return TRUE;
  g_set_error_literal (error, failure != NULL ? failure->domain : G_IO_ERROR,
                       failure != NULL ? failure->code : G_IO_ERROR_BUSY, store->why_read_only);
  return FALSE;
}

static gboolean
open_db (SagStore *store, const char *reader, gboolean create, GError **error)
{
  gint64 version = 0;

  store->db = sag_db_open (store->path, store->writable, create, error);
  if (store->db == NULL)
    return FALSE;
  sag_db_set_reader (store->db, reader);
  if (!sag_schema_check (store->db, &version, error))
    return FALSE;
  if (version == 0 && !create)
    return sag_db_set_error (NULL, SQLITE_NOTADB, sag_db_get_name (store->db), error);
  if (!store->writable)
    return TRUE;
  return sag_store_set_journal (store->db, store->rollback || sag_owner_is_network (store->path),
                                error) &&
         (version == SAG_SCHEMA_VERSION || sag_schema_migrate (store->db, error)) &&
         (!create || sag_audit_add (store->db, error, "create", "format %d", SAG_SCHEMA_VERSION)) &&
         stat (store->path, &store->file) == 0;
}

/* Leaves one file without a journal beside it, unless somebody reads it now. */
static void
close_db (SagStore *store)
{
  if (store->db != NULL && store->writable)
    {
      sqlite3_busy_timeout (store->db->handle, 0);
      g_hash_table_remove_all (store->db->statements);
      sag_db_run (store->db, NULL, "PRAGMA wal_checkpoint (TRUNCATE)", "");
      sag_db_run (store->db, NULL, "PRAGMA journal_mode = DELETE", "");
    }
  g_clear_pointer (&store->db, sag_db_close);
  g_clear_pointer (&store->owner, sag_owner_free);
}

/* An empty file is a new one to SQLite, which gives what lies beside it the same rights. */
static gboolean
make_private (SagStore *store, GError **error)
{
  g_autofree char *owner = g_strconcat (store->path, ".owner", NULL);
  const int        fd = open (store->path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

  if (fd >= 0 && close (fd) == 0 && g_chmod (owner, 0600) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s cannot be written: %s.",
               store->path, g_strerror (errno));
  return FALSE;
}

SagStore *
sag_store_open (const char *path, SagStoreFlags flags, const char *reader, GError **error)
{
  const gboolean create = (flags & SAG_STORE_CREATE) != 0;
  const gboolean is_private = create && (flags & SAG_STORE_PRIVATE) != 0;
  gboolean       made = FALSE;
  SagStore      *store;
  gboolean       opened;

  g_return_val_if_fail (path != NULL, NULL);
  if (create && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                   "%s is already there. Choose another name.", path);
      return NULL;
    }
  if (!create && !check_can_read (path, error))
    return NULL;
  store = g_new0 (SagStore, 1);
  g_atomic_ref_count_init (&store->ref_count);
  store->context = g_main_context_ref_thread_default ();
  g_mutex_init (&store->mutex);
  g_cond_init (&store->cond);
  store->path = g_canonicalize_filename (path, NULL);
  store->rollback = (flags & SAG_STORE_ROLLBACK) != 0;
  if (reader == NULL || *reader == 0)
    reader = g_get_user_name ();
  store->reader = g_ref_string_new (reader);
  opened = (!(flags & (SAG_STORE_WRITE | SAG_STORE_CREATE)) ||
            take_owner (store, reader, create, error)) &&
           (!is_private || (made = make_private (store, error))) &&
           open_db (store, reader, create, error);
  if (!opened)
    {
      g_clear_pointer (&store->db, sag_db_close);
      if (made)
        g_unlink (store->path);
      g_clear_pointer (&store->owner, sag_owner_free);
      sag_store_unref_private (store);
      return NULL;
    }
  store->thread = g_thread_new ("store", sag_store_thread, store);
  return store;
}

gboolean
sag_store_close (SagStore *store, GError **error)
{
  gboolean sound;

  g_mutex_lock (&store->mutex);
  store->closing = TRUE;
  g_cond_broadcast (&store->cond);
  g_mutex_unlock (&store->mutex);
  g_thread_join (store->thread);
  sound = store->posts.length == 0;
  if (!sound)
    {
      g_propagate_error (error, g_steal_pointer (&store->stuck));
      g_prefix_error (error, "%u changes were not written and are lost: ", store->posts.length);
    }
  g_queue_clear_full (&store->posts, sag_store_post_free);
  close_db (store);
  sag_store_unref_private (store);
  return sound;
}

void
sag_store_free (SagStore *store)
{
  g_autoptr (GError) error = NULL;

  if (store != NULL && !sag_store_close (store, &error))
    g_warning ("%s", error->message);
}

char *
sag_store_dup_path (SagStore *store)
{
  char *path;

  g_mutex_lock (&store->mutex);
  path = g_strdup (store->path);
  g_mutex_unlock (&store->mutex);
  return path;
}

gboolean
sag_store_is_read_only (SagStore *store)
{
  return !g_atomic_int_get (&store->writable);
}

const char *
sag_store_get_why_read_only (SagStore *store)
{
  return sag_store_is_read_only (store) ? store->why_read_only : NULL;
}

gboolean
sag_store_need_writable (SagStore *store, GError **error)
{
  if (!sag_store_is_read_only (store))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY,
                       store->why_read_only != NULL ? store->why_read_only
                                                    : "The project was opened for reading only.");
  return FALSE;
}

void
sag_store_set_trouble (SagStore *store, SagStoreTrouble func, gpointer user_data)
{
  g_mutex_lock (&store->mutex);
  store->trouble = func;
  store->trouble_data = user_data;
  g_mutex_unlock (&store->mutex);
}

/* With the mutex held. */
static void
push_call (SagStore *store, SagStoreCall *call)
{
  call->reader = g_ref_string_acquire (store->reader);
  g_queue_push_tail (&store->calls, call);
  g_cond_broadcast (&store->cond);
}

static gboolean
call_and_wait (SagStore *store, SagStoreCall *call, GError **error)
{
  g_mutex_lock (&store->mutex);
  push_call (store, call);
  while (!call->done)
    g_cond_wait (&store->cond, &store->mutex);
  g_mutex_unlock (&store->mutex);
  if (call->error != NULL)
    g_propagate_error (error, call->error);
  return call->ok;
}

gboolean
sag_store_run (SagStore *store, SagStoreFunc func, gpointer data, GError **error)
{
  return call_and_wait (store, &(SagStoreCall){ .func = func, .data = data }, error);
}

gboolean
sag_store_save_as (SagStore *store, const char *path, GError **error)
{
  g_autofree char *full = g_canonicalize_filename (path, NULL);

  if (g_file_test (full, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                   "%s is already there. Choose another name.", path);
      return FALSE;
    }
  return call_and_wait (store, &(SagStoreCall){ .save_as = full }, error);
}

static void
call_async (SagStore           *store,
            SagStoreFunc        func,
            gpointer            data,
            gboolean            reads,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  SagStoreCall *call = g_new0 (SagStoreCall, 1);

  call->func = func;
  call->data = data;
  call->reads = reads;
  call->task = g_task_new (NULL, NULL, callback, user_data);
  g_mutex_lock (&store->mutex);
  push_call (store, call);
  g_mutex_unlock (&store->mutex);
}

void
sag_store_run_async (SagStore           *store,
                     SagStoreFunc        func,
                     gpointer            data,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  call_async (store, func, data, FALSE, callback, user_data);
}

void
sag_store_read_async (SagStore           *store,
                      SagStoreFunc        func,
                      gpointer            data,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  call_async (store, func, data, TRUE, callback, user_data);
}

gboolean
sag_store_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sag_store_post (SagStore *store, SagStoreFunc func, gpointer data, GDestroyNotify destroy)
{
  SagStorePost *post = g_new (SagStorePost, 1);

  *post = (SagStorePost){ func, data, destroy, NULL };
  g_mutex_lock (&store->mutex);
  post->reader = g_ref_string_acquire (store->reader);
  g_queue_push_tail (&store->posts, post);
  g_cond_broadcast (&store->cond);
  g_mutex_unlock (&store->mutex);
}

static gboolean
do_nothing (SagDb *db, gpointer data, GError **error)
{
  return TRUE;
}

gboolean
sag_store_flush (SagStore *store, GError **error)
{
  return sag_store_run (store, do_nothing, NULL, error);
}

guint
sag_store_get_n_waiting (SagStore *store)
{
  guint n;

  g_mutex_lock (&store->mutex);
  n = store->posts.length;
  g_mutex_unlock (&store->mutex);
  return n;
}

void
sag_store_set_reader (SagStore *store, const char *reader)
{
  g_mutex_lock (&store->mutex);
  g_ref_string_release (store->reader);
  store->reader = g_ref_string_new (reader);
  g_mutex_unlock (&store->mutex);
}

static gboolean
set_clock (SagDb *db, gpointer data, GError **error)
{
  sag_db_set_clock (db, *(gint64 (**) (void)) data);
  return TRUE;
}

void
sag_store_set_clock (SagStore *store, gint64 (*clock) (void))
{
  sag_store_run (store, set_clock, &clock, NULL);
}

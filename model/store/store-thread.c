/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/store-private.h"

#include "model/core/error.h"
#include "model/store/cases.h"
#include "model/store/schema.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BATCH 64 /* posts that share a transaction */
#define RETRY_US (G_USEC_PER_SEC / 2)

void
sag_store_unref_private (SagStore *store)
{
  if (!g_atomic_ref_count_dec (&store->ref_count))
    return;
  g_main_context_unref (store->context);
  g_mutex_clear (&store->mutex);
  g_cond_clear (&store->cond);
  g_clear_error (&store->stuck);
  g_free (store->why_read_only);
  g_clear_pointer (&store->reader, g_ref_string_release);
  g_free (store->path);
  g_free (store);
}

void
sag_store_post_free (gpointer data)
{
  SagStorePost *post = data;

  if (post->destroy != NULL)
    post->destroy (post->data);
  g_ref_string_release (post->reader);
  g_free (post);
}

/* Telling */

typedef struct
{
  SagStore *store;
  GError   *error;
  gboolean  dropped;
} Trouble;

static gboolean
tell (gpointer data)
{
  Trouble        *trouble = data;
  SagStoreTrouble func;
  gpointer        user_data;

  g_mutex_lock (&trouble->store->mutex);
  func = trouble->store->closing ? NULL : trouble->store->trouble;
  user_data = trouble->store->trouble_data;
  g_mutex_unlock (&trouble->store->mutex);
  if (func != NULL)
    func (trouble->store, trouble->error, trouble->dropped, user_data);
  return G_SOURCE_REMOVE;
}

static void
trouble_free (gpointer data)
{
  Trouble *trouble = data;

  g_clear_error (&trouble->error);
  sag_store_unref_private (trouble->store);
  g_free (trouble);
}

static void
tell_later (SagStore *store, const GError *error, gboolean dropped)
{
  Trouble *trouble = g_new (Trouble, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_atomic_ref_count_inc (&store->ref_count);
  *trouble = (Trouble){ store, error != NULL ? g_error_copy (error) : NULL, dropped };
  g_source_set_callback (source, tell, trouble, trouble_free);
  g_source_attach (source, store->context);
}

/* The thread */

/* What is written to a file that was moved or removed is lost, though nothing says so. */
static gboolean
check_file (SagStore *store, GError **error)
{
  struct stat now;

  if (!g_atomic_int_get (&store->writable) ||
      (stat (store->path, &now) == 0 && now.st_ino == store->file.st_ino &&
       now.st_dev == store->file.st_dev))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "%s is no longer at its place. Save the project elsewhere, or put it back.",
               sag_db_get_name (store->db));
  return FALSE;
}

static gboolean
may_be_tried_again (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED) ||
         g_error_matches (error, SAG_ERROR, SAG_ERROR_LIMIT);
}

/* Posts may wait for long, and somebody else may look meanwhile: each is its own reader's. */
static gboolean
run_post (SagStore *store, const SagStorePost *post, GError **error)
{
  sag_db_set_reader (store->db, post->reader);
  return post->func (store->db, post->data, error);
}

/* One post within the transaction. Returns: FALSE if it may be tried again */
static gboolean
write_post (SagStore *store, const SagStorePost *post, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (!sag_db_script (store->db, "SAVEPOINT post", error))
    return FALSE;
  if (run_post (store, post, &failure))
    return sag_db_script (store->db, "RELEASE post", error);
  if (failure == NULL || may_be_tried_again (failure))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  tell_later (store, failure, TRUE);
  return sag_db_script (store->db, "ROLLBACK TO post; RELEASE post", error);
}

static gboolean
write_posts (SagStore *store, GList *posts, GError **error)
{
  if (!check_file (store, error) || !sag_db_script (store->db, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (GList *l = posts; l != NULL; l = l->next)
    if (!write_post (store, l->data, error))
      {
        sag_db_script (store->db, "ROLLBACK", NULL);
        return FALSE;
      }
  if (sag_db_script (store->db, "COMMIT", error))
    return TRUE;
  sag_db_script (store->db, "ROLLBACK", NULL);
  return FALSE;
}

/* With the mutex held, which it lets go meanwhile. */
static void
do_posts (SagStore *store)
{
  GQueue   batch = G_QUEUE_INIT;
  GError  *error = NULL;
  gboolean done;

  while (batch.length < BATCH && store->posts.length > batch.length)
    g_queue_push_tail (&batch, g_queue_peek_nth (&store->posts, batch.length));
  g_mutex_unlock (&store->mutex);
  done = write_posts (store, batch.head, &error);
  if (!done && error == NULL)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_FAILED, "The project was not written.");
  if (!done && store->stuck == NULL)
    tell_later (store, error, FALSE);
  if (done && store->stuck != NULL)
    tell_later (store, NULL, FALSE);
  g_mutex_lock (&store->mutex);
  g_clear_error (&store->stuck);
  store->stuck = error;
  store->retry_at = g_get_monotonic_time () + RETRY_US;
  if (done)
    {
      for (guint p = 0; p < batch.length; p++)
        g_queue_pop_head (&store->posts);
      g_mutex_unlock (&store->mutex);
      g_queue_clear_full (&batch, sag_store_post_free);
      g_mutex_lock (&store->mutex);
    }
  g_queue_clear (&batch);
}

static gboolean
do_transaction (SagStore *store, SagStoreCall *call)
{
  if (!check_file (store, &call->error) ||
      !sag_db_script (store->db, g_atomic_int_get (&store->writable) ? "BEGIN IMMEDIATE" : "BEGIN",
                      &call->error))
    return FALSE;
  sag_db_set_reader (store->db, call->reader);
  if (call->func (store->db, call->data, &call->error) &&
      sag_db_script (store->db, "COMMIT", &call->error))
    return TRUE;
  sag_db_script (store->db, "ROLLBACK", NULL);
  return FALSE;
}

gboolean
sag_store_set_journal (SagDb *db, gboolean rollback, GError **error)
{
  return sag_db_run (db, error,
                     rollback ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL", "") &&
         sag_db_script (db, "PRAGMA synchronous = FULL", error);
}

/* File systems without hard links (FAT, some shares) rename. */
gboolean
sag_store_give_name (const char *part, const char *path, GError **error)
{
  int code = link (part, path) == 0 ? 0 : errno;

  if (code == EPERM || code == ENOSYS || code == EOPNOTSUPP)
    code = g_file_test (path, G_FILE_TEST_EXISTS) ? EEXIST : g_rename (part, path) == 0 ? 0 : errno;
  if (code == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               "%s cannot be saved there: %s. Choose another name.", path, g_strerror (code));
  return FALSE;
}

/* The whole file as it is now, in a new one. */
static gboolean
copy_file (SagStore *store, const char *path, GError **error)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *part = g_strdup_printf ("%s.%.8s.part", path, uuid);
  g_autofree char *old = g_path_get_dirname (store->path);
  g_autofree char *new = g_path_get_dirname (path);
  g_autoptr (SagDb) copy = NULL;
  sqlite3_backup *backup;
  int             code;
  gboolean        done = FALSE;

  copy = sag_db_open (part, TRUE, TRUE, error);
  if (copy == NULL)
    return FALSE;
  backup = sqlite3_backup_init (copy->handle, "main", store->db->handle, "main");
  code = backup != NULL ? sqlite3_backup_step (backup, -1) : sqlite3_errcode (copy->handle);
  if (backup != NULL)
    sqlite3_backup_finish (backup);
  if (code != SQLITE_DONE)
    sag_db_set_error (copy->handle, code, sag_db_get_name (copy), error);
  else if (strcmp (old, new) == 0 || sag_cases_make_absolute (copy, old, error))
    done = sag_db_run (copy, error, "PRAGMA journal_mode = DELETE", "");
  g_clear_pointer (&copy, sag_db_close);
  if (done)
    done = sag_store_give_name (part, path, error);
  g_unlink (part);
  return done;
}

/* A file that was just made: of this version, even if the one that it is a copy of could only be looked at. */
static SagDb *
open_copy (SagStore *store, const char *path, struct stat *file, GError **error)
{
  g_autoptr (SagDb) db = sag_db_open (path, TRUE, FALSE, error);
  gint64 version = 0;

  if (db == NULL ||
      !sag_store_set_journal (db, store->rollback || sag_owner_is_network (path), error) ||
      !sag_schema_check (db, &version, error) ||
      (version != SAG_SCHEMA_VERSION && !sag_schema_migrate (db, error)))
    return NULL;
  if (stat (path, file) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "%s cannot be written: %s.", path, g_strerror (errno));
      return NULL;
    }
  sag_db_set_clock (db, store->db->clock);
  return g_steal_pointer (&db);
}

static void
remove_copy (const char *path)
{
  static const char *const ends[] = { "", "-wal", "-shm", "-journal" };

  for (gsize e = 0; e < G_N_ELEMENTS (ends); e++)
    {
      g_autofree char *name = g_strconcat (path, ends[e], NULL);

      g_unlink (name);
    }
}

static gboolean
do_save_as (SagStore *store, const char *path, const char *reader, GError **error)
{
  g_autofree char *who = NULL;
  g_autoptr (SagOwner) owner = sag_owner_take (path, reader, &who, error);
  SagDb      *db;
  struct stat file;

  if (owner == NULL)
    {
      if (who != NULL)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, "%s is open by %s.", path, who);
      return FALSE;
    }
  if (!copy_file (store, path, error))
    return FALSE;
  db = open_copy (store, path, &file, error);
  if (db == NULL)
    {
      remove_copy (path);
      return FALSE;
    }
  sag_db_close (store->db);
  store->db = db;
  store->file = file;
  g_clear_pointer (&store->owner, sag_owner_free);
  store->owner = g_steal_pointer (&owner);
  g_mutex_lock (&store->mutex);
  g_free (store->path);
  store->path = g_strdup (path);
  g_atomic_int_set (&store->writable, TRUE);
  store->retry_at = 0;
  g_mutex_unlock (&store->mutex);
  return TRUE;
}

/* Looks at what there would be if all that waits were written, which is taken back. FALSE without an error: that cannot
 * be had. */
static gboolean
do_reading (SagStore *store, SagStoreCall *call, const GPtrArray *posts)
{
  gboolean done = sag_db_script (store->db, "BEGIN", NULL);

  for (guint p = 0; done && p < posts->len; p++)
    {
      const SagStorePost *post = g_ptr_array_index (posts, p);

      done = sag_db_script (store->db, "SAVEPOINT post", NULL) && run_post (store, post, NULL) &&
             sag_db_script (store->db, "RELEASE post", NULL);
    }
  sag_db_set_reader (store->db, call->reader);
  done = done && call->func (store->db, call->data, &call->error);
  sag_db_script (store->db, "ROLLBACK", NULL);
  return done;
}

/* With the mutex held, which it lets go meanwhile: while posts wait others would come before them. */
static void
do_stuck_call (SagStore *store, SagStoreCall *call)
{
  g_autoptr (GError) stuck = g_error_copy (store->stuck);
  g_autoptr (GPtrArray) posts = g_ptr_array_new ();

  for (const GList *l = store->posts.head; l != NULL; l = l->next)
    g_ptr_array_add (posts, l->data);
  g_mutex_unlock (&store->mutex);
  call->ok = call->reads && do_reading (store, call, posts);
  if (!call->ok && call->error == NULL)
    call->error = g_steal_pointer (&stuck);
  g_mutex_lock (&store->mutex);
}

/* With the mutex held, which it lets go meanwhile. */
static void
do_call (SagStore *store)
{
  SagStoreCall *call = g_queue_pop_head (&store->calls);

  if (store->stuck != NULL && call->save_as == NULL)
    do_stuck_call (store, call);
  g_mutex_unlock (&store->mutex);
  if (call->error == NULL && !call->ok)
    call->ok = call->save_as != NULL ? do_save_as (store, call->save_as, call->reader, &call->error)
                                     : do_transaction (store, call);
  g_ref_string_release (call->reader);
  if (call->task != NULL)
    {
      if (call->ok)
        g_task_return_boolean (call->task, TRUE);
      else
        g_task_return_error (call->task, g_steal_pointer (&call->error));
      g_object_unref (call->task);
      g_free (call);
      g_mutex_lock (&store->mutex);
      return;
    }
  g_mutex_lock (&store->mutex);
  call->done = TRUE;
  g_cond_broadcast (&store->cond);
}

gpointer
sag_store_thread (gpointer data)
{
  SagStore *store = data;

  g_mutex_lock (&store->mutex);
  while (TRUE)
    {
      const gboolean may_try =
        store->stuck == NULL || store->closing || g_get_monotonic_time () >= store->retry_at;

      if (store->posts.length > 0 && may_try)
        {
          do_posts (store);
          if (store->closing && store->stuck != NULL)
            break;
        }
      else if (store->calls.length > 0)
        do_call (store);
      else if (store->closing)
        break;
      else if (store->stuck != NULL)
        g_cond_wait_until (&store->cond, &store->mutex, store->retry_at);
      else
        g_cond_wait (&store->cond, &store->mutex);
    }
  /* Nobody waits for a thread that is gone. */
  while (store->calls.length > 0)
    do_call (store);
  g_mutex_unlock (&store->mutex);
  return NULL;
}

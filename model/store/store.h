/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"

G_BEGIN_DECLS

/**
 * SagStore: an open project: one SQLite file (docs/project-format.md) and the thread that alone
 * touches it.
 *
 * Work is given to the thread as functions that see a SagDb (cases.h, labels.h, masks.h, ...): wait
 * for them (run), get told (run_async), or let them be written behind one's back (post). Each is
 * one transaction. All functions here may be called from any thread, close from one.
 */
typedef struct _SagStore SagStore;

/**
 * SagStoreFlags: @SAG_STORE_ROLLBACK: as on a network share: a rollback journal instead of WAL. @SAG_STORE_PRIVATE: a
 * new file, and what lies beside it, is for its user alone.
 */
typedef enum
{
  SAG_STORE_READ = 0,
  SAG_STORE_WRITE = 1 << 0,
  SAG_STORE_CREATE = 1 << 1,
  SAG_STORE_ROLLBACK = 1 << 2,
  SAG_STORE_PRIVATE = 1 << 3,
} SagStoreFlags;

/**
 * SagStoreFunc: one piece of work on the store's thread. It may be run again if it could not be
 * committed, so it must not use up its data.
 */
typedef gboolean (*SagStoreFunc) (SagDb *db, gpointer data, GError **error);

/**
 * SagStoreTrouble: on the main context where the project was opened: written work waits; NULL: no longer.
 * @dropped: one piece of it can never be written, and is lost; whether others wait is another matter
 */
typedef void (*SagStoreTrouble) (SagStore     *store,
                                 const GError *error,
                                 gboolean      dropped,
                                 gpointer      user_data);

/**
 * sag_store_open: opens, migrates where needed; waits.
 * @reader: (nullable): who works; the user's name by default
 *
 * With SAG_STORE_WRITE, but written by somebody else or in a folder that takes no writing, the
 * project opens read-only: see sag_store_get_why_read_only().
 *
 * Errors: SAG_ERROR_FORMAT (no project, or damaged), SAG_ERROR_UNSUPPORTED (newer), G_FILE_ERROR_NOENT,
 *   G_FILE_ERROR_EXIST with SAG_STORE_CREATE, those of SagDb
 */
SagStore *
sag_store_open (const char *path, SagStoreFlags flags, const char *reader, GError **error);
/** sag_store_close: writes what waits, and leaves one sound file. What cannot be written is told as an error,
 * and is lost: flush first. */
gboolean sag_store_close (SagStore *store, GError **error);
/** sag_store_free: the same; what is lost is a warning. */
void sag_store_free (SagStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagStore, sag_store_free)

/** sag_store_dup_path: it changes with sag_store_save_as(). */
char    *sag_store_dup_path (SagStore *store);
gboolean sag_store_is_read_only (SagStore *store);
/**
 * sag_store_get_why_read_only: (nullable): a sentence, if writing was wanted and could not be had.
 * It is good until the store is closed.
 */
const char *sag_store_get_why_read_only (SagStore *store);
/** sag_store_need_writable: Error: G_IO_ERROR_READ_ONLY with that sentence. */
gboolean sag_store_need_writable (SagStore *store, GError **error);

/**
 * sag_store_set_trouble: who is told that posted work cannot be written (disk full, file gone). It
 * is kept and tried again.
 */
void sag_store_set_trouble (SagStore *store, SagStoreTrouble func, gpointer user_data);

/** sag_store_run: one transaction, after everything posted before; waits for it. */
gboolean sag_store_run (SagStore *store, SagStoreFunc func, gpointer data, GError **error);

/** sag_store_run_async: the same for the window. @data must live until @callback. */
void sag_store_run_async (SagStore           *store,
                          SagStoreFunc        func,
                          gpointer            data,
                          GAsyncReadyCallback callback,
                          gpointer            user_data);
/**
 * sag_store_read_async: the same for a function that only looks. While posted work waits for the disk it sees that,
 * too; where even that cannot be had it fails as others do. What it writes is lost.
 */
void sag_store_read_async (SagStore           *store,
                           SagStoreFunc        func,
                           gpointer            data,
                           GAsyncReadyCallback callback,
                           gpointer            user_data);
/** sag_store_run_finish: of both. */
gboolean sag_store_run_finish (GAsyncResult *result, GError **error);

/**
 * sag_store_post: writes it as soon as possible; several may share a transaction.
 * @data: (transfer full): freed with @destroy once written, on the store's thread
 *
 * What fails for the disk's sake is kept and tried again; what cannot be written at all is told
 * and dropped.
 */
void sag_store_post (SagStore *store, SagStoreFunc func, gpointer data, GDestroyNotify destroy);

/** sag_store_flush: waits until everything posted is on disk. */
gboolean sag_store_flush (SagStore *store, GError **error);

/** sag_store_get_n_waiting: posts not yet on disk. */
guint sag_store_get_n_waiting (SagStore *store);

/**
 * sag_store_save_as: goes on in a new file at @path, which must not exist, and which is of this version and can be
 * written even where the old one could only be looked at. Works, too, if the old
 * file has vanished.
 */
gboolean sag_store_save_as (SagStore *store, const char *path, GError **error);

/** sag_store_set_reader: who works from now on; what was given before, and waits, stays the other's. */
void sag_store_set_reader (SagStore *store, const char *reader);

/** sag_store_set_clock: for tests. */
void sag_store_set_clock (SagStore *store, gint64 (*clock) (void));

G_END_DECLS

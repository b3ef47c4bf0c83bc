/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The store's thread (store-thread.c) and those who give it work (store.c). */

#include "model/store/db-private.h"
#include "model/store/owner.h"
#include "model/store/store.h"

#include <sys/stat.h>

G_BEGIN_DECLS

/* @reader: (GRefString): who worked when it was given */
typedef struct
{
  SagStoreFunc   func;
  gpointer       data;
  GDestroyNotify destroy;
  char          *reader;
} SagStorePost;

typedef struct
{
  SagStoreFunc func;
  gpointer     data;
  char        *reader;  /* (GRefString): who works */
  const char  *save_as; /* instead of func */
  gboolean     reads;   /* only */
  GTask       *task;    /* else somebody waits */
  gboolean     done;
  gboolean     ok;
  GError      *error;
} SagStoreCall;

struct _SagStore
{
  gatomicrefcount ref_count;
  GMainContext   *context;
  GThread        *thread;
  GMutex          mutex;
  GCond           cond;
  GQueue          posts;
  GQueue          calls;
  GError         *stuck; /* why posts wait */
  gint64          retry_at;
  gboolean        closing;
  SagStoreTrouble trouble;
  gpointer        trouble_data;
  char           *why_read_only; /* stays until the end: it was lent */
  gint            writable;      /* atomic */
  gboolean        rollback;
  char           *path;
  char           *reader; /* (GRefString) */

  /* Of the thread */
  SagDb      *db;
  SagOwner   *owner;
  struct stat file;
};

void sag_store_unref_private (SagStore *store);
/** sag_store_post_free: a SagStorePost. */
void     sag_store_post_free (gpointer post);
gboolean sag_store_set_journal (SagDb *db, gboolean rollback, GError **error);
/** sag_store_give_name: @path is what @part is, never over a file that is there. @part may stay, too. */
gboolean sag_store_give_name (const char *part, const char *path, GError **error);
/** sag_store_thread: works until the store closes. */
gpointer sag_store_thread (gpointer store);

G_END_DECLS

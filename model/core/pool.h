/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagPool:
 *
 * Worker threads for data-parallel loops. Idle workers sleep; nobody spins. The calling thread
 * works too, so a pool of n threads owns n - 1. A pool serves one loop at a time: a second
 * caller waits for its turn. A loop started from inside a pool's own loop runs on that thread alone.
 */
typedef struct _SagPool SagPool;

/**
 * SagPoolFunc:
 * @item: 0 .. n_items - 1, each handed out exactly once, in rising order
 * @worker: 0 .. n_threads - 1, stable during the call, for scratch memory
 */
typedef void (*SagPoolFunc) (gsize item, guint worker, gpointer data);

/** sag_pool_new: @n_threads 0 means as many as the process may use. Free with sag_pool_free(). */
SagPool *sag_pool_new (guint n_threads);
void     sag_pool_free (SagPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagPool, sag_pool_free)

/** sag_pool_get_default: the shared pool for everything that is not an engine. Never freed. */
SagPool *sag_pool_get_default (void);

guint sag_pool_get_n_threads (SagPool *pool);

/** sag_pool_run: calls @func for every item and returns when all are done. Any thread. */
void sag_pool_run (SagPool *pool, gsize n_items, SagPoolFunc func, gpointer data);

G_END_DECLS

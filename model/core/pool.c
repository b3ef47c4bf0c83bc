/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/pool.h"

struct _SagPool
{
  GMutex   turn; /* held by the caller whose loop runs */
  GMutex   lock; /* guards everything below but `next` */
  GCond    work;
  GCond    done;
  guint64  generation;
  guint    n_busy;
  gboolean quit;

  SagPoolFunc func;
  gpointer    data;
  gsize       n_items;
  gsize       next; /* atomic */

  guint     n_threads;
  GThread **threads;
};

typedef struct
{
  SagPool *pool;
  guint    worker;
} Worker;

/* The loop that this thread is inside of, if any. */
static __thread struct
{
  SagPool *pool;
  guint    worker;
} inside;

static void
work (SagPool *pool, guint worker)
{
  typeof (inside) outer = inside;

  inside.pool = pool;
  inside.worker = worker;
  for (;;)
    {
      gsize item = __atomic_fetch_add (&pool->next, 1, __ATOMIC_RELAXED);

      if (item >= pool->n_items)
        break;
      pool->func (item, worker, pool->data);
    }
  inside = outer;
}

static gpointer
worker_thread (gpointer user_data)
{
  g_autofree Worker *self = user_data;
  SagPool           *pool = self->pool;
  guint64            seen = 0;

  g_mutex_lock (&pool->lock);
  for (;;)
    {
      while (!pool->quit && pool->generation == seen)
        g_cond_wait (&pool->work, &pool->lock);
      if (pool->quit)
        break;
      seen = pool->generation;
      g_mutex_unlock (&pool->lock);

      work (pool, self->worker);

      g_mutex_lock (&pool->lock);
      if (--pool->n_busy == 0)
        g_cond_signal (&pool->done);
    }
  g_mutex_unlock (&pool->lock);
  return NULL;
}

SagPool *
sag_pool_new (guint n_threads)
{
  SagPool *pool = g_new0 (SagPool, 1);

  g_mutex_init (&pool->turn);
  g_mutex_init (&pool->lock);
  g_cond_init (&pool->work);
  g_cond_init (&pool->done);
  pool->n_threads = n_threads ? n_threads : g_get_num_processors ();
  pool->threads = g_new0 (GThread *, pool->n_threads);
  for (guint i = 1; i < pool->n_threads; i++)
    {
      Worker *self = g_new (Worker, 1);

      *self = (Worker){ pool, i };
      pool->threads[i] = g_thread_new ("sag-worker", worker_thread, self);
    }
  return pool;
}

void
sag_pool_free (SagPool *pool)
{
  if (pool == NULL)
    return;
  g_mutex_lock (&pool->lock);
  pool->quit = TRUE;
  g_cond_broadcast (&pool->work);
  g_mutex_unlock (&pool->lock);
  for (guint i = 1; i < pool->n_threads; i++)
    g_thread_join (pool->threads[i]);
  g_free (pool->threads);
  g_cond_clear (&pool->done);
  g_cond_clear (&pool->work);
  g_mutex_clear (&pool->lock);
  g_mutex_clear (&pool->turn);
  g_free (pool);
}

SagPool *
sag_pool_get_default (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    g_once_init_leave (&once, (gsize) sag_pool_new (0));
  return (SagPool *) once;
}

guint
sag_pool_get_n_threads (SagPool *pool)
{
  g_return_val_if_fail (pool != NULL, 1);
  return pool->n_threads;
}

void
sag_pool_run (SagPool *pool, gsize n_items, SagPoolFunc func, gpointer data)
{
  g_return_if_fail (pool != NULL && func != NULL);

  if (n_items == 0)
    return;
  if (inside.pool == pool)
    {
      for (gsize i = 0; i < n_items; i++)
        func (i, inside.worker, data);
      return;
    }

  g_mutex_lock (&pool->turn);
  pool->func = func;
  pool->data = data;
  pool->n_items = n_items;
  __atomic_store_n (&pool->next, 0, __ATOMIC_RELAXED);
  if (n_items > 1 && pool->n_threads > 1)
    {
      g_mutex_lock (&pool->lock);
      pool->n_busy = pool->n_threads - 1;
      pool->generation++;
      g_cond_broadcast (&pool->work);
      g_mutex_unlock (&pool->lock);
    }
  work (pool, 0);
  g_mutex_lock (&pool->lock);
  while (pool->n_busy > 0)
    g_cond_wait (&pool->done, &pool->lock);
  g_mutex_unlock (&pool->lock);
  g_mutex_unlock (&pool->turn);
}

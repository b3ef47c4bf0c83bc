/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/pool.h"

typedef struct
{
  SagPool *pool;
  gint     hits[1000];
  gint     inner;
  gint     workers[64];
} Count;

static void
count_cb (gsize item, guint worker, gpointer data)
{
  Count *count = data;

  g_atomic_int_inc (&count->hits[item]);
  g_atomic_int_inc (&count->workers[worker]);
}

static void
test_each_item_once (void)
{
  for (guint n_threads = 1; n_threads <= 5; n_threads++)
    {
      g_autoptr (SagPool) pool = sag_pool_new (n_threads);
      Count count = { 0 };

      g_assert_cmpuint (sag_pool_get_n_threads (pool), ==, n_threads);
      for (int round = 1; round <= 50; round++)
        {
          sag_pool_run (pool, G_N_ELEMENTS (count.hits), count_cb, &count);
          for (gsize i = 0; i < G_N_ELEMENTS (count.hits); i++)
            g_assert_cmpint (count.hits[i], ==, round);
        }
      for (guint i = n_threads; i < G_N_ELEMENTS (count.workers); i++)
        g_assert_cmpint (count.workers[i], ==, 0);
    }
}

static void
inner_cb (gsize item, guint worker, gpointer data)
{
  Count *count = data;

  g_assert_cmpuint (worker, ==, count->inner);
}

static void
outer_cb (gsize item, guint worker, gpointer data)
{
  Count *count = data;
  Count  inner = { .pool = count->pool, .inner = worker };

  sag_pool_run (count->pool, 10, inner_cb, &inner);
  g_atomic_int_inc (&count->hits[item]);
}

static void
test_loop_in_loop (void)
{
  g_autoptr (SagPool) pool = sag_pool_new (3);
  Count count = { .pool = pool };

  sag_pool_run (pool, 100, outer_cb, &count);
  for (gsize i = 0; i < 100; i++)
    g_assert_cmpint (count.hits[i], ==, 1);
}

static gpointer
caller_thread (gpointer data)
{
  Count *count = data;

  for (int round = 0; round < 100; round++)
    sag_pool_run (count->pool, G_N_ELEMENTS (count->hits), count_cb, count);
  return NULL;
}

static void
test_two_callers (void)
{
  g_autoptr (SagPool) pool = sag_pool_new (2);
  Count    a = { .pool = pool }, b = { .pool = pool };
  GThread *thread = g_thread_new ("caller", caller_thread, &a);

  caller_thread (&b);
  g_thread_join (thread);
  for (gsize i = 0; i < G_N_ELEMENTS (a.hits); i++)
    g_assert_true (a.hits[i] == 100 && b.hits[i] == 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/pool/each-item-once", test_each_item_once);
  g_test_add_func ("/core/pool/loop-in-loop", test_loop_in_loop);
  g_test_add_func ("/core/pool/two-callers", test_two_callers);
  return g_test_run ();
}

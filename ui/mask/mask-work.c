/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/mask-work.h"

typedef struct
{
  void (*work) (gpointer data);
  void (*done) (gpointer data);
  gpointer data;
} Item;

static gboolean
done_cb (gpointer user_data)
{
  Item *item = user_data;

  item->done (item->data);
  return G_SOURCE_REMOVE;
}

static void
work_thread (gpointer data, gpointer user_data)
{
  Item *item = data;

  item->work (item->data);
  /* Before what is drawn: so that the next frame has it. */
  g_idle_add_full (G_PRIORITY_DEFAULT, done_cb, item, g_free);
}

void
sag_ui_mask_work (void (*work) (gpointer data), void (*done) (gpointer data), gpointer data)
{
  static GThreadPool *pool;
  Item               *item = g_new (Item, 1);

  if (pool == NULL)
    pool = g_thread_pool_new (work_thread, NULL, 1, FALSE, NULL);
  *item = (Item){ work, done, data };
  g_thread_pool_push (pool, item, NULL);
}

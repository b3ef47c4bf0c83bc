/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/read-ahead.h"

#include <stdlib.h>

/* Few and small enough that a block is still in the cache when it is converted. */
#define BLOCK_BYTES ((gsize) 256 * 1024)
#define N_BLOCKS 4
#define TAIL_BYTES (64 * 1024)
#define ALIGNMENT 64

struct _SagReadAhead
{
  SagStream *stream;
  guint64    left;
  gboolean   to_end;
  guint8    *blocks;
  gsize      sizes[N_BLOCKS];
  GThread   *thread; /* NULL: small enough to be read at once */

  GMutex   lock; /* guards what follows */
  GCond    changed;
  guint64  n_read;
  guint64  n_taken; /* the last one of these is still in the caller's hands */
  gboolean ended;
  gboolean stop;
};

static gsize
read_block (SagReadAhead *ahead, guint slot)
{
  gsize wanted = MIN (ahead->left, BLOCK_BYTES);
  gsize n = sag_stream_read (ahead->stream, ahead->blocks + slot * BLOCK_BYTES, wanted);

  ahead->left -= n;
  if (n < wanted)
    ahead->left = 0;
  else if (ahead->left == 0 && ahead->to_end)
    sag_stream_skip (ahead->stream, TAIL_BYTES, NULL);
  return n;
}

static gpointer
read_ahead_thread (gpointer user_data)
{
  SagReadAhead *ahead = user_data;

  g_mutex_lock (&ahead->lock);
  while (!ahead->stop && !ahead->ended)
    {
      const guint slot = ahead->n_read % N_BLOCKS;
      gsize       size;

      /* n_taken - 1 blocks have been handed back. */
      if (ahead->n_read + 1 >= ahead->n_taken + N_BLOCKS)
        {
          g_cond_wait (&ahead->changed, &ahead->lock);
          continue;
        }
      g_mutex_unlock (&ahead->lock);
      size = read_block (ahead, slot);
      g_mutex_lock (&ahead->lock);
      ahead->sizes[slot] = size;
      ahead->n_read += size > 0;
      ahead->ended = ahead->left == 0;
      g_cond_broadcast (&ahead->changed);
    }
  g_mutex_unlock (&ahead->lock);
  return NULL;
}

SagReadAhead *
sag_read_ahead_new (SagStream *stream, guint64 size_bytes, gboolean to_end)
{
  SagReadAhead *ahead = g_new0 (SagReadAhead, 1);

  g_return_val_if_fail (stream != NULL && size_bytes > 0, NULL);

  g_mutex_init (&ahead->lock);
  g_cond_init (&ahead->changed);
  ahead->stream = stream;
  ahead->left = size_bytes;
  ahead->to_end = to_end;
  if (size_bytes > BLOCK_BYTES)
    {
      ahead->blocks = aligned_alloc (ALIGNMENT, N_BLOCKS * BLOCK_BYTES);
      ahead->thread = g_thread_new ("sag-read-ahead", read_ahead_thread, ahead);
    }
  else
    ahead->blocks = aligned_alloc (ALIGNMENT, BLOCK_BYTES);
  return ahead;
}

void
sag_read_ahead_free (SagReadAhead *ahead)
{
  if (ahead == NULL)
    return;
  if (ahead->thread != NULL)
    {
      g_mutex_lock (&ahead->lock);
      ahead->stop = TRUE;
      g_cond_broadcast (&ahead->changed);
      g_mutex_unlock (&ahead->lock);
      g_thread_join (ahead->thread);
    }
  g_cond_clear (&ahead->changed);
  g_mutex_clear (&ahead->lock);
  free (ahead->blocks);
  g_free (ahead);
}

void *
sag_read_ahead_next (SagReadAhead *ahead, gsize *size_bytes)
{
  guint slot;

  g_return_val_if_fail (ahead != NULL && size_bytes != NULL, NULL);

  if (ahead->thread == NULL)
    {
      *size_bytes = ahead->left > 0 ? read_block (ahead, 0) : 0;
      return *size_bytes > 0 ? ahead->blocks : NULL;
    }
  g_mutex_lock (&ahead->lock);
  while (ahead->n_read == ahead->n_taken && !ahead->ended)
    g_cond_wait (&ahead->changed, &ahead->lock);
  slot = ahead->n_taken % N_BLOCKS;
  *size_bytes = 0;
  if (ahead->n_taken < ahead->n_read)
    {
      *size_bytes = ahead->sizes[slot];
      ahead->n_taken++;
      g_cond_broadcast (&ahead->changed);
    }
  g_mutex_unlock (&ahead->lock);
  return *size_bytes > 0 ? ahead->blocks + slot * BLOCK_BYTES : NULL;
}

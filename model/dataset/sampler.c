/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/sampler.h"

#include "model/core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rounds of fitting the weights, and how far a round goes. */
#define ROUNDS 30
#define STEP 0.7

/* No question is favoured more than this over another. */
#define MOST_WEIGHT 1000.0

/* Streams of random numbers. */
enum
{
  STREAM_SHUFFLE = 0x5348,
  STREAM_TEXTS = 0x5445,
};

static const char *const names[] = {
  [SAG_SAMPLING_MANIFEST] = "manifest", [SAG_SAMPLING_BALANCED] = "balanced"
};

struct _SagSampler
{
  SagIndex *index;
  gsize     n_texts;
  gsize     most;
  guint64   seed;
  double *
    weights; /* (n_tasks, 2): negatives, positives; of subjects only; NULL: items weigh their counts */
  GArray *visits; /* guint: scans, each as often as it comes in an epoch */

  GMutex  lock; /* guards what follows */
  guint64 epoch;
  guint  *order; /* (visits) of the epoch */
};

gboolean
sag_sampling_from_string (const char *text, SagSampling *sampling)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (text, names[i]) == 0)
      {
        *sampling = (SagSampling) i;
        return TRUE;
      }
  return FALSE;
}

const char *
sag_sampling_to_string (SagSampling sampling)
{
  return names[sampling];
}

static double *
weight_of (const SagSampler *self, const SagIndexItem *item)
{
  guint subject = sag_index_get_task (self->index, item->task)->subject;

  return &self->weights[2 * subject + (item->positive ? 1 : 0)];
}

static double
weigh (const SagSampler *self, const SagIndexItem *item)
{
  return self->weights != NULL ? *weight_of (self, item) : item->count;
}

/* How often each kind of question is expected to be drawn in an epoch: a share of the scan's draws in proportion to
 * its weight, but at most once. */
static void
expect (const SagSampler *self, double *expected)
{
  for (gsize s = 0; s < sag_index_get_n_scans (self->index); s++)
    {
      const SagIndexScan *scan = sag_index_get_scan (self->index, s);
      double              sum = 0;
      gsize               n = MIN (self->n_texts, scan->n_items);

      for (gsize i = 0; i < scan->n_items; i++)
        sum += *weight_of (self, &scan->items[i]);
      for (gsize i = 0; i < scan->n_items; i++)
        {
          const double *weight = weight_of (self, &scan->items[i]);

          expected[weight - self->weights] += MIN (1, (double) n * *weight / sum);
        }
    }
}

/* Iterated: a kind that is expected too seldom gains weight. */
static void
fit_weights (SagSampler *self)
{
  gsize              n = 2 * sag_index_get_n_tasks (self->index), n_kinds = 0;
  g_autofree double *expected = g_new (double, MAX (n, 1));

  self->weights = g_new0 (double, MAX (n, 1));
  for (gsize k = 0; k < n; k++)
    {
      self->weights[k] = 1;
      expected[k] = 0;
    }
  expect (self, expected);
  for (gsize k = 0; k < n; k++)
    n_kinds += expected[k] > 0;
  for (int round = 0; round < ROUNDS; round++)
    {
      double total = 0;

      for (gsize k = 0; k < n; k++)
        expected[k] = 0;
      expect (self, expected);
      for (gsize k = 0; k < n; k++)
        total += expected[k];
      for (gsize k = 0; k < n; k++)
        if (expected[k] > 0)
          self->weights[k] =
            CLAMP (self->weights[k] * pow (total / (double) n_kinds / expected[k], STEP),
                   1 / MOST_WEIGHT, MOST_WEIGHT);
    }
}

static void
add_visits (SagSampler *self, gsize scan)
{
  const SagIndexScan *of = sag_index_get_scan (self->index, scan);
  guint               n = 1, number = (guint) scan;

  for (gsize i = 0; self->weights == NULL && i < of->n_items; i++)
    n = MAX (n, of->items[i].count);
  for (guint i = 0; i < n; i++)
    g_array_append_val (self->visits, number);
}

SagSampler *
sag_sampler_new (SagIndex *index, SagSampling sampling, gsize n_texts, guint64 seed)
{
  SagSampler *self;
  gsize       most = 0;

  g_return_val_if_fail (sag_index_get_n_scans (index) > 0, NULL);

  self = g_new0 (SagSampler, 1);
  for (gsize s = 0; s < sag_index_get_n_scans (index); s++)
    most = MAX (most, sag_index_get_scan (index, s)->n_items);
  self->index = index;
  self->n_texts = n_texts != 0 ? n_texts : most;
  self->most = MIN (self->n_texts, most);
  self->seed = seed;
  self->epoch = G_MAXUINT64;
  self->visits = g_array_new (FALSE, FALSE, sizeof (guint));
  g_mutex_init (&self->lock);
  if (sampling == SAG_SAMPLING_BALANCED)
    fit_weights (self);
  for (gsize s = 0; s < sag_index_get_n_scans (index); s++)
    add_visits (self, s);
  self->order = g_new (guint, self->visits->len);
  return self;
}

void
sag_sampler_free (SagSampler *sampler)
{
  if (sampler == NULL)
    return;
  g_mutex_clear (&sampler->lock);
  g_free (sampler->weights);
  g_array_unref (sampler->visits);
  g_free (sampler->order);
  g_free (sampler);
}

gsize
sag_sampler_get_n_visits (SagSampler *sampler)
{
  return sampler->visits->len;
}

gsize
sag_sampler_get_most (SagSampler *sampler)
{
  return sampler->most;
}

static guint64
random_at (const SagSampler *self, guint64 stream, guint64 place, guint64 counter)
{
  return sag_random_hash (sag_random_hash (self->seed + stream, place), counter);
}

static void
shuffle (SagSampler *self, guint64 epoch)
{
  gsize n = self->visits->len;

  memcpy (self->order, self->visits->data, n * sizeof *self->order);
  for (gsize s = n; s > 1; s--)
    {
      gsize other = random_at (self, STREAM_SHUFFLE, epoch, s) % s;
      guint kept = self->order[s - 1];

      self->order[s - 1] = self->order[other];
      self->order[other] = kept;
    }
  self->epoch = epoch;
}

static gsize
find_scan (SagSampler *self, guint64 place)
{
  gsize n = self->visits->len, scan;

  g_mutex_lock (&self->lock);
  if (self->epoch != place / n)
    shuffle (self, place / n);
  scan = self->order[place % n];
  g_mutex_unlock (&self->lock);
  return scan;
}

typedef struct
{
  double key;
  gsize  item;
} Draw;

static int
compare_draws (const void *a, const void *b)
{
  const Draw *x = a, *y = b;

  if (x->key < y->key || x->key > y->key)
    return x->key < y->key ? -1 : 1;
  return x->item < y->item ? -1 : 1;
}

/* Efraimidis and Spirakis: the least of -log (u) / weight are a draw without replacement by weight. */
gsize
sag_sampler_draw (SagSampler *sampler, guint64 place, gsize *items, gsize *n_items)
{
  gsize               found = find_scan (sampler, place);
  const SagIndexScan *scan = sag_index_get_scan (sampler->index, found);
  g_autofree Draw    *draws = g_new (Draw, scan->n_items);

  for (gsize i = 0; i < scan->n_items; i++)
    {
      double u = ((double) (random_at (sampler, STREAM_TEXTS, place, i) >> 11) + 0.5) * 0x1p-53;

      draws[i] = (Draw){ -log (u) / weigh (sampler, &scan->items[i]), i };
    }
  qsort (draws, scan->n_items, sizeof *draws, compare_draws);
  *n_items = MIN (sampler->n_texts, scan->n_items);
  for (gsize i = 0; i < *n_items; i++)
    items[i] = draws[i].item;
  return found;
}

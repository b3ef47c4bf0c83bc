/* SPDX-License-Identifier: Apache-2.0 */

/* Where only heads train, and nothing is dropped, what they read of a scan and a question never changes either. */

#include "model/train/trainer-private.h"

#include "model/core/error.h"
#include "model/core/hash.h"
#include "model/dataset/states.h"

#include <string.h>

/* Questions that go through the text layers together. */
#define AT_ONCE 32

typedef struct
{
  SagTrainer *trainer;
  gsize       n_tokens;
  gsize       hidden;
  gsize       n_cells;
  float      *states;  /* (AT_ONCE, 1 + n_tokens, hidden) */
  float      *targets; /* (AT_ONCE, n_cells), nothing */
} Making;

static void
making_clear (Making *making)
{
  g_free (making->states);
  g_free (making->targets);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Making, making_clear)

static gboolean
ask (Making *self, const float *tokens, const guint *tasks, gsize n, GError **error)
{
  SagTrainer        *trainer = self->trainer;
  g_autofree gint32 *lengths = g_new (gint32, n), *image_of = g_new0 (gint32, n);
  g_autofree gint32 *ids = NULL;
  g_autofree float  *labels = g_new0 (float, n), *task = g_new0 (float, n);
  SagStatus          status = { 0 };
  SagTrainBatch      batch = { .n = (gint32) n,
                               .n_images = 1,
                               .image_of = image_of,
                               .tokens = tokens,
                               .n_tokens = (gint32) self->n_tokens,
                               .lengths = lengths,
                               .labels = labels,
                               .task = task,
                               .cell_targets = self->targets,
                               .states_out = self->states,
                               .evaluate = true };

  batch.max_length = sag_train_texts_fill (trainer->texts, tasks, n, lengths, &ids);
  batch.ids = ids;
  if (trainer->job.table->forward_backward (trainer->engine, &batch, &status))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "%s", status.message);
  return FALSE;
}

static gboolean
has_all (SagTrainer *trainer, const SagIndexScan *scan)
{
  g_autofree char *key = sag_states_dup_class_key (trainer->state_model, scan);

  if (sag_states_count_class (scan, NULL) > 0 &&
      !sag_scan_store_has_tokens (trainer->store, scan->path, key))
    return FALSE;
  for (gsize i = 0; i < scan->n_items; i++)
    {
      g_autofree char *patch_key = sag_states_dup_patch_key (trainer->state_model, &scan->items[i]);

      if (!scan->items[i].is_label &&
          !sag_scan_store_has_tokens (trainer->store, scan->path, patch_key))
        return FALSE;
    }
  return TRUE;
}

/* Keeps the states of items @first .. @first + @n - 1, those of labels in @class_states. */
static gboolean
keep (
  Making *self, const SagIndexScan *scan, gsize first, gsize n, float *class_states, GError **error)
{
  SagTrainer *trainer = self->trainer;
  gsize       n_values = (1 + self->n_tokens) * self->hidden;

  for (gsize i = 0; i < n; i++)
    {
      const SagIndexItem *item = &scan->items[first + i];
      const float        *states = self->states + i * n_values;
      g_autofree char    *key = NULL;

      if (item->is_label)
        {
          memcpy (class_states + sag_states_count_class (scan, item) * self->hidden, states,
                  self->hidden * sizeof *states);
          continue;
        }
      key = sag_states_dup_patch_key (trainer->state_model, item);
      if (!sag_scan_store_save_tokens (trainer->store, scan->path, key, states, n_values, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_scan (Making *self, const SagIndexScan *scan, GError **error)
{
  SagTrainer       *trainer = self->trainer;
  gsize             n_class = sag_states_count_class (scan, NULL);
  g_autofree float *class_states = g_new0 (float, MAX (n_class, 1) * self->hidden);
  g_autofree guint *tasks = g_new (guint, scan->n_items);
  g_autofree char  *key = sag_states_dup_class_key (trainer->state_model, scan);
  g_autofree float *tokens = NULL;

  if (has_all (trainer, scan))
    return TRUE;
  if (!sag_trainer_encode_scan (trainer, scan->path, error))
    return FALSE;
  tokens = sag_scan_store_dup_tokens (trainer->store, scan->path, trainer->model,
                                      trainer->n_token_values, error);
  if (tokens == NULL)
    return FALSE;
  for (gsize i = 0; i < scan->n_items; i++)
    tasks[i] = scan->items[i].task;
  for (gsize first = 0; first < scan->n_items; first += AT_ONCE)
    {
      gsize n = MIN (AT_ONCE, scan->n_items - first);

      if (!ask (self, tokens, tasks + first, n, error) ||
          !keep (self, scan, first, n, class_states, error))
        return FALSE;
    }
  return n_class == 0 || sag_scan_store_save_tokens (trainer->store, scan->path, key, class_states,
                                                     n_class * self->hidden, error);
}

static void
making_init (Making *making, SagTrainer *self)
{
  *making = (Making){ .trainer = self };
  making->n_tokens = (gsize) sag_network_n_tokens (self->network);
  making->hidden = (gsize) self->network->hidden;
  making->n_cells = sag_sample_grid_n_cells (&self->grid);
  making->states = g_new (float, AT_ONCE *(1 + making->n_tokens) * making->hidden);
  making->targets = g_new0 (float, AT_ONCE * making->n_cells);
}

gboolean
sag_trainer_make_again (SagTrainer *self, const SagIndexScan *scan, GError **error)
{
  g_auto (Making) making = { 0 };

  if (self->model != NULL && !sag_trainer_encode_scan (self, scan->path, error))
    return FALSE;
  if (self->state_model == NULL)
    return TRUE;
  making_init (&making, self);
  return make_scan (&making, scan, error);
}

gboolean
sag_trainer_make_states (SagTrainer *self, GCancellable *cancellable, GError **error)
{
  gsize            n = sag_index_get_n_scans (self->index);
  g_autofree char *text = NULL;
  g_auto (Making) making = { 0 };

  if (self->model == NULL || self->plan.parts != SAG_TRAIN_HEADS || self->plan.dropout > 0)
    return TRUE;
  text = g_strdup_printf ("%s states of %s", self->model, self->job.table->id);
  self->state_model = sag_hash_voxels (text, strlen (text));
  making_init (&making, self);
  for (gsize s = 0; s < n; s++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !make_scan (&making, sag_index_get_scan (self->index, s), error))
        return FALSE;
      if (self->job.events.encoding != NULL)
        self->job.events.encoding (self->job.events.data, s + 1, n);
    }
  return TRUE;
}

gboolean
sag_trainer_has_states (SagTrainer *self)
{
  for (gsize s = 0; self->state_model != NULL && s < sag_index_get_n_scans (self->index); s++)
    if (!has_all (self, sag_index_get_scan (self->index, s)))
      return FALSE;
  return TRUE;
}

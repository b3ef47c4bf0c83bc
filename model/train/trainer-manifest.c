/* SPDX-License-Identifier: Apache-2.0 */

/* What a trained bundle says about itself: its parent, its data, its tasks. */

#include "model/train/trainer-private.h"

#include "model/bundle/source.h"

#include <math.h>
#include <string.h>

/* On held-out scans, by a validation of these very weights; NaN if nobody measured it. */
static double
find_auroc (const SagTrainer *self, const SagIndexTask *task)
{
  gboolean measured = self->task_auroc != NULL && self->state.validated == self->state.step;

  for (gsize t = 0; measured && t < sag_index_get_n_tasks (self->held_out); t++)
    {
      const SagIndexTask *other = sag_index_get_task (self->held_out, t);

      if (other->is_label == task->is_label && strcmp (other->question, task->question) == 0)
        return self->task_auroc[t];
    }
  return NAN;
}

/* The parent's entry of the same text and head goes: this training is the newer word. */
static void
forget_task (SagManifest *manifest, const char *text, SagHead head)
{
  for (guint t = manifest->tasks->len; t-- > 0;)
    {
      const SagBundleTask *task = manifest->tasks->pdata[t];

      if (task->head == head && strcmp (task->text, text) == 0)
        g_ptr_array_remove_index (manifest->tasks, t);
    }
}

static void
add_tasks (const SagTrainer *self, SagManifest *manifest)
{
  for (guint t = 0; t < manifest->tasks->len; t++)
    ((SagBundleTask *) manifest->tasks->pdata[t])->auroc = NAN; /* measured before this training */
  for (gsize t = 0; t < sag_index_get_n_tasks (self->index); t++)
    {
      const SagIndexTask *task = sag_index_get_task (self->index, t);
      SagHead             head = task->is_label ? SAG_HEAD_CLASS : SAG_HEAD_PATCH;
      gsize               n = task->n_positives + task->n_negatives;

      if (n == 0)
        continue;
      forget_task (manifest, task->question, head);
      sag_manifest_add_task (manifest, task->question, head,
                             (double) task->n_positives / (double) n, find_auroc (self, task));
    }
}

SagManifest *
sag_trainer_make_manifest (SagTrainer *self)
{
  const SagManifest *parent = sag_bundle_get_manifest (self->job.bundle);
  SagManifest       *manifest = sag_manifest_copy (parent);
  g_autofree char   *steps = g_strdup_printf ("%" G_GUINT64_FORMAT, self->state.step);
  g_autofree char   *absolute = g_canonicalize_filename (self->job.folder, NULL);

  g_free (manifest->name);
  manifest->name = g_path_get_basename (absolute);
  manifest->synthetic = self->synthetic && (!parent->trained || parent->synthetic);
  manifest->knows_tasks = parent->knows_tasks || !parent->trained;
  manifest->trained = self->state.step > 0 || parent->trained;
  manifest->lora_scaling = 0;                /* merged */
  g_ptr_array_set_size (manifest->notes, 0); /* the parent's own; its hash leads there */
  sag_bundle_note_program (manifest, "trained");
  sag_manifest_add_note (manifest, "parent", self->state.parent);
  sag_manifest_add_note (manifest, "manifest", self->state.manifest);
  sag_manifest_add_note (manifest, "training", self->state.options);
  sag_manifest_add_note (manifest, "steps", steps);
  if (manifest->knows_tasks)
    add_tasks (self, manifest);
  return manifest;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "model/export/samples.h"

#include "model/core/hash.h"
#include "model/mask/combine.h"

#include <math.h>
#include <string.h>

typedef struct
{
  guint n_differ;
  guint n_seen;
  guint n_other;    /* unsure, not evaluable, censored */
  guint n_taskless; /* masks */
  guint n_repeated; /* masks of further readers */
} LeftOut;

static const char *
pick_split (const SagCaseRow *one, const char *patient, const SagTrainingOptions *options)
{
  const double     all = options->shares[0] + options->shares[1] + options->shares[2];
  g_autofree char *hash = sag_hash_sha256 (patient, strlen (patient));
  double           place;

  if (one->split != NULL && *one->split != 0)
    return one->split;
  if (!(all > 0))
    return "train";
  hash[8] = 0;
  place = (double) g_ascii_strtoull (hash, NULL, 16) / 4294967296.0 * all;
  if (place < options->shares[0])
    return "train";
  return place < options->shares[0] + options->shares[1] ? "val" : "test";
}

/* A patient's number can be guessed from its hash; a UUID cannot: that of the patient's first case stands for all. */
static char *
dup_code (const SagProject *project, const SagCaseRow *one)
{
  const SagCaseRow *first = one;
  g_autofree char  *hash = NULL;

  for (guint c = project->cases->len; one->patient != NULL && *one->patient != 0 && c > 0; c--)
    {
      const SagCaseRow *other = g_ptr_array_index (project->cases, c - 1);

      if (g_strcmp0 (other->patient, one->patient) == 0)
        first = other;
    }
  hash = sag_hash_sha256 (first->uuid, strlen (first->uuid));
  return g_strdup_printf ("patient-%.12s", hash);
}

/* The mask that somebody decided on, else the first one of a task, or the reader's. */
static const SagStoredMask *
find_mask (const SagProject *project,
           gint64            case_id,
           GPtrArray        *masks,
           const char       *key,
           const char       *reader,
           LeftOut          *left_out)
{
  const SagStoredMask *found =
    reader == NULL ? sag_project_find_decided (project, case_id, key, masks) : NULL;

  if (found != NULL)
    return found;
  for (guint m = 0; m < masks->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (masks, m);

      if (g_strcmp0 (stored->info->key, key) != 0 ||
          (reader != NULL && g_strcmp0 (stored->reader, reader) != 0) ||
          sag_project_is_decision (project, stored))
        continue;
      if (found == NULL)
        found = stored;
      else if (strcmp (found->reader, stored->reader) != 0)
        left_out->n_repeated++;
    }
  return found;
}

/* What the reader of @found painted for the same task, all masks together; (nullable): it is the only one. */
static SagMask *
join_masks (const SagProject *project, const SagStoredMask *found, GPtrArray *masks)
{
  g_autoptr (SagMask) whole = NULL;

  for (guint m = 0; found != NULL && m < masks->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (masks, m);
      SagMask             *both;

      if (stored == found || g_strcmp0 (stored->info->key, found->info->key) != 0 ||
          strcmp (stored->reader, found->reader) != 0 || sag_project_is_decision (project, stored))
        continue;
      both =
        sag_mask_combine (whole != NULL ? whole : found->mask, stored->mask, SAG_MASK_UNION, NULL);
      g_return_val_if_fail (both != NULL, NULL); /* they were read on one grid */
      g_clear_pointer (&whole, sag_mask_unref);
      whole = both;
    }
  return g_steal_pointer (&whole);
}

/* Some of its voxels came from a model. */
static gboolean
is_of_model (const SagStoredMask *stored)
{
  for (gsize b = 0; stored != NULL && b < sag_mask_get_n_bricks (stored->mask); b++)
    {
      const SagBrick *brick = sag_mask_get_brick (stored->mask, b);

      if (brick != NULL && sag_brick_count_model (brick) > 0)
        return TRUE;
    }
  return FALSE;
}

static void
note_all (const LeftOut *left_out, SagExported *exported)
{
  if (left_out->n_differ > 0)
    sag_exported_note (
      exported, "%u labels on which readers differ were left out; decide them, or name a reader.",
      left_out->n_differ);
  if (left_out->n_seen > 0)
    sag_exported_note (
      exported,
      "%u labels or masks that were made after an answer had been seen were left out; "
      "--assisted takes them.",
      left_out->n_seen);
  if (left_out->n_other > 0)
    sag_exported_note (exported,
                       "%u labels that say unsure, not evaluable or censored were left out.",
                       left_out->n_other);
  if (left_out->n_taskless > 0)
    sag_exported_note (exported, "%u masks that belong to no task were left out.",
                       left_out->n_taskless);
  if (left_out->n_repeated > 0)
    sag_exported_note (
      exported,
      "%u masks were left out because another reader's of the same case has the same "
      "task.",
      left_out->n_repeated);
}

static gboolean
sample_task (SagProject               *project,
             const SagTrainingOptions *options,
             const SagExportSample    *of,
             GPtrArray                *masks,
             LeftOut                  *left_out,
             SagExportSampleFunc       func,
             gpointer                  user_data,
             GError                  **error)
{
  const SagConsensus word =
    sag_project_get_consensus (project, of->one->id, of->task->id, options->reader);
  g_autoptr (SagMask) whole = NULL;
  SagExportSample sample = *of;
  SagStoredMask   joined;

  sample.mask = find_mask (project, of->one->id, masks, of->task->key, options->reader, left_out);
  if (sample.mask != NULL && !sag_project_is_decision (project, sample.mask))
    whole = join_masks (project, sample.mask, masks);
  if (whole != NULL)
    {
      joined = (SagStoredMask){ sample.mask->info, whole, sample.mask->reader };
      sample.mask = &joined;
    }
  sample.seen = word.seen || is_of_model (sample.mask);
  sample.label = word.value == SAG_LABEL_VALUE_PRESENT  ? 1
                 : word.value == SAG_LABEL_VALUE_ABSENT ? 0
                                                        : NAN;
  left_out->n_differ += word.differ;
  left_out->n_other += word.value != SAG_LABEL_VALUE_NONE && isnan (sample.label);
  if (sample.seen && !options->assisted)
    {
      left_out->n_seen += !isnan (sample.label) || sample.mask != NULL;
      return TRUE;
    }
  if (isnan (sample.label) && sample.mask == NULL)
    return TRUE;
  return func (&sample, user_data, error);
}

gboolean
sag_export_samples (SagProject               *project,
                    const SagTrainingOptions *options,
                    SagExportSampleFunc       func,
                    gpointer                  user_data,
                    SagExported              *exported,
                    GCancellable             *cancellable,
                    GError                  **error)
{
  LeftOut left_out = { 0 };

  for (guint c = 0; c < project->cases->len; c++)
    {
      SagExportSample sample = { .one = g_ptr_array_index (project->cases, c) };
      g_autoptr (GPtrArray) masks = NULL;
      g_autofree char *code = NULL;
      const char      *known;

      if (!sag_exported_step (exported, c, project->cases->len, cancellable, error))
        return FALSE;
      masks = sag_project_load_masks (project, sample.one, error);
      if (masks == NULL)
        return FALSE;
      for (guint m = 0; m < masks->len; m++)
        left_out.n_taskless +=
          sag_project_find_task (
            project, ((const SagStoredMask *) g_ptr_array_index (masks, m))->info->key) == NULL;
      known = sample.one->patient != NULL && *sample.one->patient != 0 ? sample.one->patient
                                                                       : sample.one->uuid;
      code = dup_code (project, sample.one);
      sample.patient = options->patients ? known : code;
      sample.split = pick_split (sample.one, known, options);
      for (guint t = 0; t < project->tasks->len; t++)
        {
          sample.task = g_ptr_array_index (project->tasks, t);
          if (!sample_task (project, options, &sample, masks, &left_out, func, user_data, error))
            return FALSE;
        }
    }
  note_all (&left_out, exported);
  return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/answer.h"

#include "model/core/hash.h"
#include "model/text/catalogue.h"

#include <math.h>

typedef struct
{
  SagAnswer public;
  gatomicrefcount refs;
} Shared;

float
sag_answer_sigmoid (float logit)
{
  return 1.0f / (1.0f + expf (-logit));
}

SagAnswer *
sag_answer_ref (SagAnswer *answer)
{
  Shared *shared = (Shared *) answer;

  g_return_val_if_fail (answer != NULL, NULL);
  g_atomic_ref_count_inc (&shared->refs);
  return answer;
}

void
sag_answer_unref (SagAnswer *answer)
{
  Shared *shared = (Shared *) answer;

  if (answer == NULL || !g_atomic_ref_count_dec (&shared->refs))
    return;
  g_free (answer->text);
  g_free (answer->ids);
  g_free (answer->cells);
  sag_provenance_unref (answer->provenance);
  g_free (shared);
}

/* @cell_logits: as many as the cell geometry has voxels */
static void
take_map (SagAnswer *answer, const float *cell_logits)
{
  gsize  n = (gsize) sag_geometry_n_voxels (&answer->cell_geometry);
  gsize  peak = 0;
  double ijk[3];

  answer->has_map = TRUE;
  answer->cells = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    {
      answer->cells[i] = sag_answer_sigmoid (cell_logits[i]);
      if (answer->cells[i] > answer->cells[peak])
        peak = i;
    }
  answer->peak_score = answer->cells[peak];
  for (int a = 0; a < 3; a++)
    {
      gsize n_along = (gsize) answer->cell_dims[a];

      ijk[a] = (double) (peak % n_along);
      peak /= n_along;
    }
  sag_geometry_to_ras (&answer->cell_geometry, ijk, answer->peak_ras_mm);
}

static void
take_no_map (SagAnswer *answer)
{
  answer->peak_score = NAN;
  for (int a = 0; a < 3; a++)
    answer->peak_ras_mm[a] = NAN;
}

/* What the place where it is used has learnt about this text. */
static void
calibrate (SagAnswer *answer)
{
  const SagCalibration *overlay = answer->provenance->calibration;

  if (overlay == NULL || !answer->has_class)
    return;
  answer->calibration = sag_calibration_find_task (overlay, answer->text);
  if (answer->calibration == NULL)
    return;
  answer->calibrated =
    (float) sag_calibration_probability (answer->calibration, (double) answer->logit);
  for (int kind = 0; kind < 2; kind++)
    answer->above[kind] =
      (float) sag_calibration_share_below (answer->calibration, kind, (double) answer->logit);
}

static SagGeometry
cell_geometry (SagPrepared *prepared, const gint32 cell_dims[3])
{
  const SagGeometry *input = sag_prepared_get_input_geometry (prepared);
  gint32             factor[3];

  for (int a = 0; a < 3; a++)
    factor[a] = input->dims[a] / cell_dims[a];
  return sag_geometry_coarsen (input, factor);
}

static SagAnswer *
answer_new (SagEngine     *engine,
            SagTokens     *tokens,
            const char    *text,
            float          logit,
            const float   *cell_logits,
            SagProvenance *provenance)
{
  Shared      *shared = g_new0 (Shared, 1);
  SagAnswer   *answer = &shared->public;
  SagBundle   *bundle = sag_engine_get_bundle (engine);
  SagPrepared *prepared = sag_tokens_get_prepared (tokens);
  gboolean     has_map = sag_network_has_map (sag_bundle_get_network (bundle));

  g_atomic_ref_count_init (&shared->refs);
  answer->text = g_strdup (text);
  answer->ids = sag_tokenizer_encode (sag_bundle_get_tokenizer (bundle), text, &answer->n_ids);
  answer->has_class = !has_map || sag_task_kind (text) != SAG_TASK_SEGMENT;
  answer->logit = logit;
  answer->probability = sag_answer_sigmoid (logit);
  answer->class_head = sag_bundle_get_training (bundle, text, SAG_HEAD_CLASS);
  answer->patch_head = sag_bundle_get_training (bundle, text, SAG_HEAD_PATCH);
  sag_engine_get_cell_dims (engine, answer->cell_dims);
  answer->cell_geometry = cell_geometry (prepared, answer->cell_dims);
  if (has_map)
    take_map (answer, cell_logits);
  else
    take_no_map (answer);
  answer->provenance = sag_provenance_ref (provenance);
  calibrate (answer);
  return answer;
}

GPtrArray *
sag_answer_ask (SagEngine         *engine,
                SagTokens         *tokens,
                const char *const *texts,
                gsize              n_texts,
                SagProvenance     *provenance,
                GCancellable      *cancellable,
                GError           **error)
{
  g_autoptr (GPtrArray) answers = NULL;
  g_autofree float *logits = g_new (float, n_texts);
  g_autofree float *cells = NULL;
  gint32            dims[3];
  gsize             n_cells;

  sag_engine_get_cell_dims (engine, dims);
  n_cells = (gsize) dims[0] * dims[1] * dims[2];
  cells = g_new (float, n_texts *n_cells);
  if (!sag_engine_ask (engine, tokens, texts, n_texts, NULL, logits, cells, cancellable, error))
    return NULL;
  answers = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_answer_unref);
  for (gsize i = 0; i < n_texts; i++)
    g_ptr_array_add (
      answers, answer_new (engine, tokens, texts[i], logits[i], cells + i * n_cells, provenance));
  return g_steal_pointer (&answers);
}

char *
sag_answer_dup_id (const SagAnswer *answer)
{
  g_autofree char *slug = sag_task_slug (answer->text);
  g_autofree char *both = g_strconcat (answer->text, "\n", answer->provenance->bundle_sha256, NULL);
  g_autofree char *hash = sag_hash_sha256 (both, strlen (both));

  return g_strdup_printf ("%s-%.8s", slug, hash);
}

static void
write_calibration (const SagAnswer *answer, SagJsonWriter *writer)
{
  const SagCalibrationTask *task = answer->calibration;
  gsize                     n = task->n_positives + task->n_negatives;

  sag_json_begin_object (writer, "calibration");
  sag_json_float (writer, "probability", answer->calibrated);
  sag_json_float (writer, "above_share_of_negatives", answer->above[0]);
  sag_json_float (writer, "above_share_of_positives", answer->above[1]);
  sag_json_integer (writer, "cases", (gint64) n);
  sag_json_number (writer, "prevalence",
                   round (1e4 * (double) task->n_positives / (double) n) / 1e4);
  sag_json_string (writer, "date", task->date);
  sag_json_end_object (writer);
}

static void
write_heatmap (const SagAnswer *answer, const char *file, SagJsonWriter *writer)
{
  sag_json_begin_object (writer, "heatmap");
  sag_json_string (writer, "file", file);
  sag_json_float (writer, "max", answer->peak_score);
  if (answer->has_map)
    sag_json_numbers (writer, "peak_ras_mm", answer->peak_ras_mm, 3);
  else
    sag_json_string (writer, "peak_ras_mm", NULL);
  sag_json_end_object (writer);
}

void
sag_answer_write (const SagAnswer *answer, const char *heatmap, SagJsonWriter *writer)
{
  sag_json_string (writer, "task", answer->text);
  sag_json_float (writer, "logit", answer->has_class ? answer->logit : NAN);
  sag_json_float (writer, "probability", answer->has_class ? answer->probability : NAN);
  sag_json_string (writer, "class_head", sag_training_to_string (answer->class_head));
  sag_json_string (writer, "patch_head", sag_training_to_string (answer->patch_head));
  sag_json_boolean (writer, "calibrated", answer->calibration != NULL);
  if (answer->calibration != NULL)
    write_calibration (answer, writer);
  write_heatmap (answer, heatmap, writer);
}

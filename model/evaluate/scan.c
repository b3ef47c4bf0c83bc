/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/scan.h"

#include "model/answer/answer.h"
#include "model/core/file.h"
#include "model/dataset/read.h"
#include "model/dataset/scan-make.h"
#include "model/engine/tokens.h"
#include "model/evaluate/scan-cache.h"
#include "model/text/task.h"

#include <math.h>
#include <string.h>

#define MOST_AT_ONCE 64 /* questions: bounds the memory of their maps */

/* What one model made of the scan. @cells: (n questions, n_cells) scores, x fastest. */
typedef struct
{
  SagPrepared *prepared;
  SagTokens   *tokens;
  char        *tokens_key; /* nullable */
  SagGeometry  grid;
  gsize        n_cells;
  float       *logits;
  float       *cells;
} View;

/* @questions: each once. @question_of: (n) of a row. */
typedef struct
{
  SagScanAsked *asked;
  SagVolume    *volume;
  char         *file;     /* nullable: the file's key in the cache, from before it was read */
  SagGeometry   geometry; /* of the scan's voxels */
  GPtrArray    *questions;
  gsize        *question_of;
  View          views[SAG_EVALUATE_MOST_MODELS];
  GCancellable *cancellable;
} Scan;

static void
scan_clear (Scan *scan)
{
  g_clear_pointer (&scan->volume, sag_volume_unref);
  g_clear_pointer (&scan->file, g_free);
  g_clear_pointer (&scan->questions, g_ptr_array_unref);
  g_clear_pointer (&scan->question_of, g_free);
  for (gsize m = 0; m < SAG_EVALUATE_MOST_MODELS; m++)
    {
      g_clear_pointer (&scan->views[m].prepared, sag_prepared_unref);
      g_clear_pointer (&scan->views[m].tokens, sag_tokens_unref);
      g_clear_pointer (&scan->views[m].tokens_key, g_free);
      g_clear_pointer (&scan->views[m].logits, g_free);
      g_clear_pointer (&scan->views[m].cells, g_free);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scan, scan_clear)

static const SagEvaluationRow *
row_of (const Scan *scan, gsize i)
{
  return &scan->asked->rows[scan->asked->which[i]];
}

static void
collect_questions (Scan *scan)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);

  scan->questions = g_ptr_array_new ();
  scan->question_of = g_new (gsize, scan->asked->n);
  for (gsize i = 0; i < scan->asked->n; i++)
    {
      const SagEvaluationRow *row = row_of (scan, i);
      gpointer                task = GUINT_TO_POINTER (row->task + 1);
      gpointer                found = g_hash_table_lookup (numbers, task);

      if (found == NULL)
        {
          g_ptr_array_add (scan->questions, row->sample->question);
          found = GUINT_TO_POINTER (scan->questions->len);
          g_hash_table_insert (numbers, task, found);
        }
      scan->question_of[i] = GPOINTER_TO_UINT (found) - 1;
    }
}

static gboolean
same_recipe (const SagRecipe *a, const SagRecipe *b)
{
  for (int i = 0; i < 3; i++)
    if (a->box_mm[i] != b->box_mm[i] || a->train_box_mm[i] != b->train_box_mm[i] ||
        a->input[i] != b->input[i])
      return FALSE;
  return a->kind == b->kind;
}

/* Reads the scan when it is first needed: not where the cache has all of it. */
static gboolean
prepare_file (Scan *scan, View *view, const SagRecipe *recipe, GError **error)
{
  const char *path = row_of (scan, 0)->sample->image;
  SagCache   *cache = scan->asked->cache;

  if (cache != NULL &&
      (view->prepared = sag_scan_cache_load (cache, path, recipe, &scan->geometry)) != NULL)
    return TRUE;
  if (scan->volume == NULL)
    {
      g_free (scan->file);
      scan->file = cache != NULL ? sag_cache_dup_file_key (cache, path, NULL) : NULL;
      scan->volume = sag_read_volume (path, scan->cancellable, error);
    }
  if (scan->volume == NULL)
    return FALSE;
  scan->geometry = *sag_volume_get_geometry (scan->volume);
  view->prepared = sag_read_prepare (path, scan->volume, recipe, NULL, scan->cancellable, error);
  if (view->prepared == NULL)
    return FALSE;
  if (cache != NULL && scan->file != NULL &&
      !sag_scan_cache_save (cache, path, scan->file, view->prepared, &scan->geometry,
                            &scan->asked->cache_error))
    scan->asked->cache = NULL;
  return TRUE;
}

/* Two models of one recipe look at the same input. */
static gboolean
prepare (Scan *scan, gsize model, GError **error)
{
  const SagRecipe *recipe = scan->asked->recipes[model];
  View            *view = &scan->views[model];

  if (model == 0 || !same_recipe (recipe, scan->asked->recipes[0]))
    return prepare_file (scan, view, recipe, error);
  view->prepared = sag_prepared_ref (scan->views[0].prepared);
  return TRUE;
}

static void
place_cells (Scan *scan, gsize model, SagEngine *engine)
{
  View              *view = &scan->views[model];
  const SagGeometry *input = sag_prepared_get_input_geometry (view->prepared);
  gint32             dims[3], factor[3];
  double             spacing[3];

  sag_engine_get_cell_dims (engine, dims);
  for (int a = 0; a < 3; a++)
    factor[a] = input->dims[a] / dims[a];
  view->grid = sag_geometry_coarsen (input, factor);
  view->n_cells = (gsize) sag_geometry_n_voxels (&view->grid);
  sag_geometry_spacing_mm (&view->grid, spacing);
  scan->asked->cell_ml[model] = spacing[0] * spacing[1] * spacing[2] / 1000;
}

/* Of a model before that sees alike, or of an earlier evaluation. NULL: they have to be made. */
static float *
find_tokens (Scan *scan, gsize model, gsize n_values)
{
  const char *key = scan->views[model].tokens_key;

  for (gsize m = 0; m < model && key != NULL; m++)
    if (g_strcmp0 (scan->views[m].tokens_key, key) == 0)
      return g_memdup2 (sag_tokens_get_values (scan->views[m].tokens), n_values * sizeof (float));
  return key != NULL && scan->asked->cache != NULL
           ? sag_scan_cache_load_tokens (scan->asked->cache, key, n_values)
           : NULL;
}

static gboolean
encode (Scan *scan, gsize model, SagEngine *engine, GError **error)
{
  View             *view = &scan->views[model];
  SagBundle        *bundle = sag_engine_get_bundle (engine);
  const SagNetwork *network = sag_bundle_get_network (bundle);
  gsize             n_tokens = (gsize) sag_network_n_tokens (network);
  gsize             n_values = n_tokens * (gsize) network->hidden;
  float            *found;

  if (scan->asked->visions[model] != NULL)
    view->tokens_key = sag_scan_cache_dup_tokens_key (view->prepared, scan->asked->visions[model],
                                                      sag_engine_get_info (engine));
  found = find_tokens (scan, model, n_values);
  if (found != NULL)
    {
      view->tokens = sag_tokens_new (found, n_tokens, g_strdup (view->tokens_key),
                                     sag_bundle_get_sha256 (bundle), view->prepared);
      return TRUE;
    }
  view->tokens = sag_engine_encode (engine, view->prepared, scan->cancellable, error);
  if (view->tokens != NULL && view->tokens_key != NULL && scan->asked->cache != NULL &&
      !sag_scan_cache_save_tokens (scan->asked->cache, view->tokens_key,
                                   sag_tokens_get_values (view->tokens), n_values,
                                   &scan->asked->cache_error))
    scan->asked->cache = NULL;
  return view->tokens != NULL;
}

static gboolean
ask (Scan *scan, View *view, SagEngine *engine, GError **error)
{
  gsize n = scan->questions->len;

  view->logits = g_new (float, n);
  view->cells = g_new (float, n * view->n_cells);
  for (gsize first = 0; first < n; first += MOST_AT_ONCE)
    if (!sag_engine_ask (engine, view->tokens,
                         (const char *const *) (void *) (scan->questions->pdata + first),
                         MIN (n - first, MOST_AT_ONCE), NULL, view->logits + first,
                         view->cells + first * view->n_cells, scan->cancellable, error))
      return FALSE;
  for (gsize c = 0; c < n * view->n_cells; c++)
    view->cells[c] = sag_answer_sigmoid (view->cells[c]);
  return TRUE;
}

static gboolean
look (Scan *scan, gsize model, GError **error)
{
  SagEngine *engine;
  gboolean   answered;

  if (!prepare (scan, model, error))
    return FALSE;
  engine = g_async_queue_pop (scan->asked->engines[model]);
  place_cells (scan, model, engine);
  answered = encode (scan, model, engine, error) && ask (scan, &scan->views[model], engine, error);
  g_async_queue_push (scan->asked->engines[model], engine);
  scan->asked->engine_failed = !answered;
  return answered;
}

/* Labels that rows of the mask file @path ask for; 0 for all that is not 0. */
static GArray *
collect_values (const Scan *scan, const char *path)
{
  GArray      *values = g_array_new (FALSE, FALSE, sizeof (gint32));
  const gint32 any = 0;

  for (gsize i = 0; i < scan->asked->n; i++)
    {
      const SagSample *sample = row_of (scan, i)->sample;

      if (g_strcmp0 (sample->mask, path) != 0)
        continue;
      g_array_append_vals (values, sample->mask_values, (guint) sample->n_mask_values);
      if (sample->n_mask_values == 0)
        g_array_append_val (values, any);
    }
  return values;
}

static gboolean
localise (Scan *scan, SagVolume *labels, const char *path, GError **error)
{
  g_autoptr (GArray) values = collect_values (scan, path);

  for (gsize m = 0; m < scan->asked->n_models; m++)
    {
      const View *view = &scan->views[m];
      g_autoptr (SagTruth) truth =
        sag_truth_new (labels, &view->grid, (const gint32 *) (void *) values->data, values->len,
                       scan->cancellable, error);

      if (truth == NULL)
        return FALSE;
      for (gsize i = 0; i < scan->asked->n; i++)
        {
          SagEvaluationRow *row = &scan->asked->rows[scan->asked->which[i]];

          if (g_strcmp0 (row->sample->mask, path) == 0)
            row->outcomes[m].map =
              sag_truth_localise (truth, row->sample->mask_values, row->sample->n_mask_values,
                                  view->cells + scan->question_of[i] * view->n_cells);
        }
    }
  return TRUE;
}

/* Every mask file is read once, whatever is asked of it. */
static gboolean
look_at_masks (Scan *scan, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < scan->asked->n; i++)
    {
      char *path = row_of (scan, i)->sample->mask;
      g_autoptr (SagVolume) labels = NULL;

      if (path == NULL || !g_hash_table_add (seen, path))
        continue;
      labels = sag_read_mask (path, row_of (scan, 0)->sample->image, &scan->geometry,
                              scan->cancellable, error);
      if (labels == NULL || !localise (scan, labels, path, error))
        return FALSE;
    }
  return TRUE;
}

/* The first of equal ones. */
static gsize
highest (const float *scores, gsize n)
{
  gsize peak = 0;

  for (gsize i = 1; i < n; i++)
    if (scores[i] > scores[peak])
      peak = i;
  return peak;
}

static void
place_peak (const SagGeometry *grid, gsize cell, double ras_mm[3])
{
  double ijk[3];

  for (int a = 0; a < 3; a++)
    {
      ijk[a] = (double) (cell % (gsize) grid->dims[a]);
      cell /= (gsize) grid->dims[a];
    }
  sag_geometry_to_ras (grid, ijk, ras_mm);
}

/* Nothing of the structure in the box: it is truly absent, nobody drew it, or it lies where the model cannot look. */
static int
truth_of (SagScanAsked *asked, const SagEvaluationRow *row)
{
  const SagSample       *sample = row->sample;
  const SagLocalisation *map = &row->outcomes[0].map;

  if (!row->detects || sample->mask == NULL)
    return isnan (sample->label) ? -1 : sample->label >= 0.5;
  if (map->present)
    return 1;
  if (map->volume_ml > 0)
    return -1;
  if (sample->label < 0.5 || (isnan (sample->label) && (asked->synthetic || asked->keep_empty)))
    return 0;
  asked->n_unknown++;
  return -1;
}

static void
write_outcome (const Scan *scan, const SagEvaluationRow *row, gsize i, gsize m, SagOutcome *outcome)
{
  const View *view = &scan->views[m];
  gsize       q = scan->question_of[i], peak;

  g_assert (view->cells != NULL && view->logits != NULL); /* every row has its question */
  outcome->score = view->logits[q];
  if (!scan->asked->has_map[m])
    {
      for (int a = 0; a < 3; a++)
        outcome->peak_ras_mm[a] = NAN;
      return;
    }
  peak = highest (view->cells + q * view->n_cells, view->n_cells);
  place_peak (&view->grid, peak, outcome->peak_ras_mm);
  if (row->detects)
    outcome->score = view->cells[q * view->n_cells + peak];
}

static void
write_rows (Scan *scan)
{
  for (gsize i = 0; i < scan->asked->n; i++)
    {
      SagEvaluationRow *row = &scan->asked->rows[scan->asked->which[i]];

      for (gsize m = 0; m < scan->asked->n_models; m++)
        write_outcome (scan, row, i, m, &row->outcomes[m]);
      row->truth = truth_of (scan->asked, row);
      row->answered = TRUE;
    }
}

static gboolean
draws_maps (const SagScanAsked *asked)
{
  gboolean any = FALSE;

  for (gsize m = 0; m < asked->n_models; m++)
    any = any || asked->has_map[m];
  return any;
}

gboolean
sag_scan_ask (SagScanAsked *asked, GCancellable *cancellable, GError **error)
{
  g_auto (Scan) scan = { .asked = asked, .cancellable = cancellable };

  collect_questions (&scan);
  for (gsize m = 0; m < asked->n_models; m++)
    if (!look (&scan, m, error))
      return FALSE;
  g_clear_pointer (&scan.volume, sag_volume_unref);
  asked->synthetic = sag_scan_is_synthetic (row_of (&scan, 0)->sample->image);
  asked->verdict = sag_prepared_get_scope (scan.views[0].prepared)->verdict;
  if (draws_maps (asked) && !look_at_masks (&scan, error))
    return FALSE;
  write_rows (&scan);
  return TRUE;
}

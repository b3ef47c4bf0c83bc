/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/laterality.h"

#include "model/core/error.h"
#include "model/answer/answer.h"
#include "model/phantom/phantom.h"

#include <math.h>

/* The index of the cell that holds a voxel, or -1. */
static gssize
find_cell (const SagAnswer *answer, const double to_cell[3][4], int i, int j, int k)
{
  double at[3] = { i, j, k };
  gssize index = 0;

  sag_geometry_apply (to_cell, at, at);
  for (int a = 2; a >= 0; a--)
    {
      double cell = floor (at[a] + 0.5);

      if (!(cell >= 0 && cell < answer->cell_dims[a]))
        return -1;
      index = index * answer->cell_dims[a] + (gssize) cell;
    }
  return index;
}

/* Mean score in a phantom's left and right lung: a voxel counts with the cell that holds it. */
static void
mean_scores (const SagAnswer *answer, SagVolume *labels, double *left, double *right)
{
  const SagGeometry *grid = sag_volume_get_geometry (labels);
  const gint16      *label = sag_volume_get_int16 (labels);
  double             sum[2] = { 0 }, count[2] = { 0 };
  double             ras_to_cell[3][4], to_cell[3][4];

  sag_geometry_invert (&answer->cell_geometry, ras_to_cell);
  sag_geometry_compose (ras_to_cell, grid->ijk_to_ras, to_cell);
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++, label++)
        {
          gboolean is_right = *label >= SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT;
          gssize   cell;

          if (*label < SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT ||
              *label > SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT)
            continue;
          cell = find_cell (answer, to_cell, i, j, k);
          if (cell < 0)
            continue;
          sum[is_right] += answer->cells[cell];
          count[is_right]++;
        }
  *left = sum[0] / MAX (count[0], 1);
  *right = sum[1] / MAX (count[1], 1);
}

static GPtrArray *
ask_for_lungs (SagEngine *engine, SagPhantom *phantom, GCancellable *cancellable, GError **error)
{
  static const char *const texts[] = {
    "Segment left lung in the image.",
    "Segment right lung in the image.",
  };
  const SagRecipe *recipe = sag_bundle_get_recipe (sag_engine_get_bundle (engine));
  g_autoptr (SagPrepared) prepared = sag_prepare (phantom->image, recipe, NULL, cancellable, error);
  g_autoptr (SagTokens) tokens = NULL;
  g_autoptr (SagProvenance) provenance = NULL;

  if (prepared == NULL)
    return NULL;
  tokens = sag_engine_encode (engine, prepared, cancellable, error);
  if (tokens == NULL)
    return NULL;
  provenance = sag_provenance_new (engine, prepared, phantom->image, NULL, FALSE);
  return sag_answer_ask (engine, tokens, texts, G_N_ELEMENTS (texts), provenance, cancellable,
                         error);
}

gboolean
sag_laterality_check (SagEngine          *engine,
                      SagLateralityCheck *check,
                      GCancellable       *cancellable,
                      GError            **error)
{
  SagPhantomOptions options = { .seed = 1, .anatomical = TRUE };
  g_autoptr (SagPhantom) phantom = NULL;
  g_autoptr (GPtrArray) answers = NULL;
  double left, right;

  if (!sag_network_has_map (sag_bundle_get_network (sag_engine_get_bundle (engine))))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "A multi-label bundle draws no map, so there are no sides to check.");
      return FALSE;
    }
  phantom = sag_phantom_new (&options);
  answers = ask_for_lungs (engine, phantom, cancellable, error);
  if (answers == NULL)
    return FALSE;
  mean_scores (answers->pdata[0], phantom->labels, &left, &right);
  check->left_margin = left - right;
  mean_scores (answers->pdata[1], phantom->labels, &left, &right);
  check->right_margin = right - left;
  if (MIN (check->left_margin, check->right_margin) > SAG_LATERALITY_MARGIN)
    check->verdict = SAG_LATERALITY_CHECK_RIGHT;
  else if (MAX (check->left_margin, check->right_margin) < -SAG_LATERALITY_MARGIN)
    check->verdict = SAG_LATERALITY_CHECK_WRONG_SIDE;
  else
    check->verdict = SAG_LATERALITY_CHECK_INCONCLUSIVE;
  return TRUE;
}

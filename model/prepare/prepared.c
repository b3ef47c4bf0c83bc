/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/prepared.h"

#include "model/core/error.h"
#include "model/core/hash.h"
#include "model/prepare/standard-run.h"

#include <math.h>
#include <stdlib.h>

/* Longest scan that is prepared, and most voxels that a recipe may ask for. */
#define LIMIT_MM 10000.0
#define LIMIT_INPUT ((gint64) 1 << 28)

struct _SagPrepared
{
  gatomicrefcount ref_count;
  SagRecipe       recipe;
  float          *input;
  SagGeometry     input_geometry;
  SagScope        scope;
  SagVolume      *standardised;
  const char     *lung_source;
  char           *key;
};

static gboolean
check_recipe (const SagRecipe *recipe, GError **error)
{
  gint64 n = 1;

  for (int a = 0; a < 3; a++)
    {
      gint32 box = recipe->box_mm[a], train = recipe->train_box_mm[a], input = recipe->input[a];

      if (box < 1 || box > LIMIT_MM || train < 1 || train > LIMIT_MM || input < 1 ||
          input > LIMIT_MM || (n *= input) > LIMIT_INPUT)
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                       "The recipe's box of %d mm, training box of %d mm or input of %d voxels is "
                       "out of range. "
                       "Check the bundle's recipe",
                       box, train, input);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_volume (SagVolume *volume, GError **error)
{
  const SagGeometry *grid = sag_volume_get_geometry (volume);
  double             spacing[3];

  sag_geometry_spacing_mm (grid, spacing);
  for (int a = 0; a < 3; a++)
    if (!(spacing[a] > 0 && spacing[a] * grid->dims[a] <= LIMIT_MM))
      {
        g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                     "The scan is %g mm long along its axis %d, which no chest is. Check the "
                     "file's spacing and units",
                     spacing[a] * grid->dims[a], a + 1);
        return FALSE;
      }
  return TRUE;
}

/* Everything that made the input, as text; its hash is the key. */
static char *
dup_key (SagVolume *volume, const SagRecipe *recipe, SagVolume *lungs, const gint32 start[3])
{
  g_autoptr (GString) text = g_string_new ("sagitta input 1");

  g_string_append_printf (text, " volume %s", sag_volume_get_hash (volume));
  g_string_append_printf (text, " recipe %d", recipe->kind);
  for (int a = 0; a < 3; a++)
    g_string_append_printf (text, " %d %d %d at %d", recipe->box_mm[a], recipe->train_box_mm[a],
                            recipe->input[a], start[a]);
  g_string_append_printf (text, " lungs %s", lungs != NULL ? sag_volume_get_hash (lungs) : "none");
  return sag_hash_voxels (text->str, text->len);
}

static SagGeometry
input_geometry (const SagStandard *standard, const SagRecipe *recipe, const gint32 start[3])
{
  double factor[3];

  for (int a = 0; a < 3; a++)
    factor[a] = (double) recipe->box_mm[a] / recipe->input[a];
  return sag_standard_geometry (standard, start, factor, recipe->input);
}

/* The mask's range along S of the RAS view, in mm from the centre of its lowest slice. */
static void
lung_range (SagVolume *volume, const SagLungMask *lungs, double range_mm[2])
{
  const SagGeometry *grid = sag_volume_get_geometry (volume);
  double             spacing[3];
  gint32             first, last;
  int                axis[3];
  bool               flip[3];

  sag_geometry_spacing_mm (grid, spacing);
  sag_geometry_nearest_axes (grid, axis, flip);
  sag_lung_mask_get_slices (lungs, axis[2], &first, &last);
  range_mm[0] = spacing[axis[2]] * (flip[2] ? grid->dims[axis[2]] - 1 - last : first);
  range_mm[1] = spacing[axis[2]] * (flip[2] ? grid->dims[axis[2]] - 1 - first : last);
}

static gboolean
plan (SagStandard       *standard,
      SagVolume         *volume,
      const SagRecipe   *recipe,
      const SagLungMask *lungs,
      GCancellable      *cancellable,
      GError           **error)
{
  double range_mm[2];

  if (recipe->kind == SAG_RECIPE_UPSTREAM)
    return sag_standard_upstream (standard, volume, recipe, lungs, cancellable, error);
  if (lungs == NULL)
    return sag_standard_paper (standard, volume, recipe, NULL, cancellable, error);
  lung_range (volume, lungs, range_mm);
  return sag_standard_paper (standard, volume, recipe, range_mm, cancellable, error);
}

SagPrepared *
sag_prepare (SagVolume               *volume,
             const SagRecipe         *recipe,
             const SagPrepareOptions *options,
             GCancellable            *cancellable,
             GError                 **error)
{
  static const SagPrepareOptions defaults = { NULL };
  g_autoptr (SagLungMask) lungs = NULL;
  g_autoptr (SagPrepared) prepared = NULL;
  SagStandard standard;
  gint32      start[3];

  g_return_val_if_fail (volume != NULL && recipe != NULL, NULL);

  options = options != NULL ? options : &defaults;
  if (!check_recipe (recipe, error) || !check_volume (volume, error))
    return NULL;
  if (options->lungs != NULL)
    {
      lungs = sag_lung_mask_new (options->lungs, sag_volume_get_geometry (volume), error);
      if (lungs == NULL)
        return NULL;
    }
  if (!plan (&standard, volume, recipe, lungs, cancellable, error))
    return NULL;
  for (int a = 0; a < 3; a++)
    start[a] =
      standard.box_start[a] + (gint32) rint (CLAMP (options->shift_mm[a], -LIMIT_MM, LIMIT_MM));

  prepared = g_new0 (SagPrepared, 1);
  g_atomic_ref_count_init (&prepared->ref_count);
  prepared->recipe = *recipe;
  prepared->scope.lung_share_in_box = NAN;
  prepared->scope.reasons = g_new0 (char *, 1);
  prepared->lung_source = lungs != NULL ? "mask" : "none";
  prepared->input_geometry = input_geometry (&standard, recipe, start);
  prepared->input = sag_standard_make_input (&standard, recipe, start, cancellable, error);
  if (prepared->input == NULL)
    return NULL;
  if (options->keep_standardised)
    {
      prepared->standardised = sag_standard_make_volume (&standard, cancellable, error);
      if (prepared->standardised == NULL)
        return NULL;
    }
  prepared->key = dup_key (volume, recipe, options->lungs, start);
  return g_steal_pointer (&prepared);
}

SagPrepared *
sag_prepared_new_air (const SagPrepared *prepared)
{
  SagPrepared  *air = g_new0 (SagPrepared, 1);
  const gint32 *dims;

  g_return_val_if_fail (prepared != NULL, NULL);

  dims = prepared->recipe.input;
  g_atomic_ref_count_init (&air->ref_count);
  air->recipe = prepared->recipe;
  air->input = g_new0 (float, (gsize) dims[0] * dims[1] * dims[2]);
  air->input_geometry = prepared->input_geometry;
  air->scope.verdict = SAG_SCOPE_OUT;
  air->scope.lung_share_in_box = NAN;
  air->scope.reasons = g_new0 (char *, 1);
  air->lung_source = "none";
  air->key = g_strconcat ("air-", prepared->key, NULL);
  return air;
}

SagPrepared *
sag_prepared_ref (SagPrepared *prepared)
{
  g_return_val_if_fail (prepared != NULL, NULL);
  g_atomic_ref_count_inc (&prepared->ref_count);
  return prepared;
}

void
sag_prepared_unref (SagPrepared *prepared)
{
  g_return_if_fail (prepared != NULL);

  if (!g_atomic_ref_count_dec (&prepared->ref_count))
    return;
  free (prepared->input);
  g_strfreev (prepared->scope.reasons);
  g_clear_pointer (&prepared->standardised, sag_volume_unref);
  g_free (prepared->key);
  g_free (prepared);
}

const float *
sag_prepared_get_input (const SagPrepared *prepared)
{
  return prepared->input;
}

const SagGeometry *
sag_prepared_get_input_geometry (const SagPrepared *prepared)
{
  return &prepared->input_geometry;
}

const SagRecipe *
sag_prepared_get_recipe (const SagPrepared *prepared)
{
  return &prepared->recipe;
}

const SagScope *
sag_prepared_get_scope (const SagPrepared *prepared)
{
  return &prepared->scope;
}

SagVolume *
sag_prepared_get_standardised (const SagPrepared *prepared)
{
  return prepared->standardised;
}

const char *
sag_prepared_get_lung_source (const SagPrepared *prepared)
{
  return prepared->lung_source;
}

const char *
sag_prepared_get_key (const SagPrepared *prepared)
{
  return prepared->key;
}

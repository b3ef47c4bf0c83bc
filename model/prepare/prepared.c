/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/prepared.h"

#include "model/core/error.h"
#include "model/core/hash.h"
#include "model/prepare/standard-run.h"

#include <math.h>
#include <stdlib.h>

/* Longest scan that is prepared, longest box, and most voxels of an input. */
#define LIMIT_MM 10000.0
#define LIMIT_BOX_MM 1024
#define LIMIT_INPUT ((gint64) 1 << 26)

struct _SagPrepared
{
  gatomicrefcount ref_count;
  SagRecipe       recipe;
  float          *input;
  SagGeometry     input_geometry;
  gint32          kept_low[3];
  gint32          kept_high[3];
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

      if (box < 1 || box > LIMIT_BOX_MM || train < 1 || train > LIMIT_BOX_MM || input < 1 ||
          input > LIMIT_BOX_MM || (n *= input) > LIMIT_INPUT)
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                       "The recipe's box of %d mm, training box of %d mm or input of %d voxels is "
                       "out of range. Check the bundle's recipe",
                       box, train, input);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_grid (const SagGeometry *grid, GError **error)
{
  double spacing[3];

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

gboolean
sag_prepare_check (const SagGeometry *grid, const SagRecipe *recipe, GError **error)
{
  return check_recipe (recipe, error) && check_grid (grid, error);
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

/* The mask's range along S of the RAS view, in mm from the centre of its lowest slice. */
static void
mask_range (SagVolume *volume, const SagLungMask *lungs, double range_mm[2])
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

/* What is known of the lungs: the person's mask, if there is one, and what the segmentation found.
 */
typedef struct
{
  SagLungMask *mask;
  SagLungs    *found;
} Lungs;

static void
lungs_clear (Lungs *lungs)
{
  g_clear_pointer (&lungs->mask, sag_lung_mask_free);
  g_clear_pointer (&lungs->found, sag_lungs_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lungs, lungs_clear)

static gboolean
find_lungs (
  Lungs *lungs, SagVolume *volume, SagVolume *mask, GCancellable *cancellable, GError **error)
{
  if (mask != NULL)
    {
      lungs->mask = sag_lung_mask_new (mask, sag_volume_get_geometry (volume), error);
      if (lungs->mask == NULL)
        return FALSE;
    }
  lungs->found = sag_lungs_segment (volume, cancellable, error);
  return lungs->found != NULL;
}

/* What can hold lung along S, as far as the recipe asks; NULL if nothing says. @source: what said it. */
static const double *
lung_range (SagVolume       *volume,
            const SagRecipe *recipe,
            const Lungs     *lungs,
            double           room[2],
            const char     **source)
{
  if (lungs->mask != NULL)
    {
      mask_range (volume, lungs->mask, room);
      *source = "mask";
      return room;
    }
  if (recipe->kind == SAG_RECIPE_PAPER && lungs->found->mask != NULL)
    {
      *source = "segmented";
      return lungs->found->thorax_range_mm;
    }
  *source = "none";
  return NULL;
}

/* Part of the mask's lung that lies in the box; NaN without a mask. */
static double
mask_share (SagVolume *volume, const SagLungMask *mask, const SagGeometry *box)
{
  double to_voxel[3][4], near[3] = { -0.5, -0.5, -0.5 }, far[3], low[3], high[3];

  if (mask == NULL || !sag_geometry_invert (sag_volume_get_geometry (volume), to_voxel))
    return NAN;
  for (int a = 0; a < 3; a++)
    far[a] = box->dims[a] - 0.5;
  sag_geometry_to_ras (box, near, near);
  sag_geometry_to_ras (box, far, far);
  sag_geometry_apply (to_voxel, near, near);
  sag_geometry_apply (to_voxel, far, far);
  for (int a = 0; a < 3; a++)
    {
      low[a] = MIN (near[a], far[a]);
      high[a] = MAX (near[a], far[a]);
    }
  return sag_lung_mask_get_share (mask, low, high);
}

gboolean
sag_prepare_move_box (const gint32 box_start[3],
                      const double shift_mm[3],
                      gint32       start[3],
                      GError     **error)
{
  for (int a = 0; a < 3; a++)
    {
      if (!(fabs (shift_mm[a]) <= LIMIT_MM))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                       "The box cannot be moved by %g mm. Give a shift of at most %.0f mm",
                       shift_mm[a], LIMIT_MM);
          return FALSE;
        }
      start[a] = box_start[a] + (gint32) rint (shift_mm[a]);
    }
  return TRUE;
}

/* From the standardised volume if it is there and holds all of the box that the scan reaches, else from the scan; the
 * same to the bit, since both average the same whole numbers. */
static float *
make_input (SagPrepared       *prepared,
            const SagStandard *standard,
            const gint32       start[3],
            GCancellable      *cancellable,
            GError           **error)
{
  const SagRecipe *recipe = &prepared->recipe;
  gboolean         is_there = prepared->standardised != NULL;
  gint32           from[3];

  for (int a = 0; a < 3; a++)
    {
      gint32 n = standard->dims[standard->axis[a]];
      gint32 low = CLAMP (start[a], 0, n), high = CLAMP (start[a] + recipe->box_mm[a], 0, n);

      from[a] = start[a] - standard->kept_start[a];
      is_there = is_there && low >= standard->kept_start[a] &&
                 high <= standard->kept_start[a] + standard->kept_dims[a];
    }
  if (is_there)
    return sag_standard_pool_volume (prepared->standardised, recipe, from);
  return sag_standard_make_input (standard, recipe, start, cancellable, error);
}

/* The input on the processor: sets input, its geometry, perhaps the standardised volume, and @start. */
static gboolean
make_here (SagPrepared             *prepared,
           SagVolume               *volume,
           const SagPrepareOptions *options,
           const Lungs             *lungs,
           const double            *range_mm,
           gint32                   start[3],
           GCancellable            *cancellable,
           GError                 **error)
{
  const SagRecipe *recipe = &prepared->recipe;
  SagStandard      standard;
  gboolean         planned;

  if (recipe->kind == SAG_RECIPE_UPSTREAM)
    planned = sag_standard_upstream (&standard, volume, recipe, lungs->mask, cancellable, error);
  else
    planned = sag_standard_paper (&standard, volume, recipe, range_mm, cancellable, error);
  if (!planned || !sag_prepare_move_box (standard.box_start, options->shift_mm, start, error))
    return FALSE;
  prepared->input_geometry = sag_standard_input_geometry (&standard, recipe, start);
  for (int a = 0; a < 3; a++)
    {
      prepared->kept_low[a] = standard.crop[a];
      prepared->kept_high[a] = standard.crop[a] + standard.source.geometry.dims[a];
    }
  if (options->keep_standardised)
    {
      prepared->standardised = sag_standard_make_volume (&standard, cancellable, error);
      if (prepared->standardised == NULL)
        return FALSE;
    }
  prepared->input = make_input (prepared, &standard, start, cancellable, error);
  return prepared->input != NULL;
}

static gboolean
make_elsewhere (SagPrepared             *prepared,
                SagVolume               *volume,
                const SagPrepareOptions *options,
                const double            *range_mm,
                gint32                   start[3],
                GCancellable            *cancellable)
{
  const gint32 *dims = prepared->recipe.input;

  if (options->make == NULL || options->keep_standardised)
    return FALSE;
  prepared->input = g_new (float, (gsize) dims[0] * dims[1] * dims[2]);
  if (options->make (options->make_data, volume, &prepared->recipe, range_mm, options->shift_mm,
                     cancellable, prepared->input, &prepared->input_geometry, start))
    return TRUE;
  g_clear_pointer (&prepared->input, g_free);
  return FALSE;
}

SagPrepared *
sag_prepare (SagVolume               *volume,
             const SagRecipe         *recipe,
             const SagPrepareOptions *options,
             GCancellable            *cancellable,
             GError                 **error)
{
  static const SagPrepareOptions defaults = { NULL };
  g_auto (Lungs) lungs = { NULL };
  g_autoptr (SagPrepared) prepared = NULL;
  const double *range_mm;
  double        room[2];
  gint32        start[3];

  g_return_val_if_fail (volume != NULL && recipe != NULL, NULL);

  options = options != NULL ? options : &defaults;
  if (!sag_prepare_check (sag_volume_get_geometry (volume), recipe, error) ||
      !find_lungs (&lungs, volume, options->lungs, cancellable, error))
    return NULL;
  prepared = g_new0 (SagPrepared, 1);
  g_atomic_ref_count_init (&prepared->ref_count);
  prepared->recipe = *recipe;
  range_mm = lung_range (volume, recipe, &lungs, room, &prepared->lung_source);
  if (!make_elsewhere (prepared, volume, options, range_mm, start, cancellable) &&
      !make_here (prepared, volume, options, &lungs, range_mm, start, cancellable, error))
    return NULL;
  sag_scope_init (&prepared->scope, volume, lungs.found, &prepared->input_geometry,
                  mask_share (volume, lungs.mask, &prepared->input_geometry));
  prepared->key = dup_key (volume, recipe, options->lungs, start);
  return g_steal_pointer (&prepared);
}

SagPrepared *
sag_prepared_new_kept (const SagRecipe   *recipe,
                       float             *input,
                       const SagGeometry *input_geometry,
                       SagScopeVerdict    verdict,
                       const char        *lung_source,
                       const char        *key)
{
  SagPrepared *kept = g_new0 (SagPrepared, 1);

  g_atomic_ref_count_init (&kept->ref_count);
  kept->recipe = *recipe;
  kept->input = input;
  kept->input_geometry = *input_geometry;
  kept->scope.verdict = verdict;
  kept->scope.lung_share_in_box = NAN;
  kept->scope.reasons = g_new0 (char *, 1);
  kept->lung_source = g_intern_string (lung_source);
  kept->key = g_strdup (key);
  return kept;
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
  sag_scope_clear (&prepared->scope);
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

void
sag_prepared_get_kept (const SagPrepared *prepared, gint32 low[3], gint32 high[3])
{
  for (int a = 0; a < 3; a++)
    {
      low[a] = prepared->kept_low[a];
      high[a] = prepared->kept_high[a];
    }
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/prepare/patient.h"

#include <string.h>

static const gint32 patient_dims[3] = { 70, 60, 44 };
const double        sag_patient_spacing_mm[3] = { 4, 3.3, 5 };
const gint32        sag_patient_block_low[3] = { 24, 20, 12 };
const gint32        sag_patient_block_high[3] = { 33, 31, 19 };

SagRecipe
sag_patient_recipe (SagRecipeKind kind)
{
  return (SagRecipe){
    .kind = kind,
    .box_mm = { 384, 320, 256 },
    .train_box_mm = { 416, 336, 256 },
    .input = { 256, 160, 128 },
  };
}

gint16
sag_patient_hu (const gint32 ras[3])
{
  double   radius = 0;
  gboolean block = TRUE;

  for (int a = 0; a < 3; a++)
    {
      double x = (ras[a] - 0.48 * patient_dims[a]) / (0.41 * patient_dims[a]);

      radius += x * x;
      block &= ras[a] >= sag_patient_block_low[a] && ras[a] < sag_patient_block_high[a];
    }
  return radius > 1 ? -1000 : block ? SAG_PATIENT_BLOCK_HU : SAG_PATIENT_BODY_HU;
}

SagVolume *
sag_patient_store (const double   ras_to_mm[3][4],
                   const int      axes[3],
                   guint          flips,
                   SagPatientFunc value)
{
  SagGeometry grid = { { 0 } };
  gint16     *voxels = g_new (gint16, patient_dims[0] * patient_dims[1] * patient_dims[2]);
  gint16     *out = voxels;
  double      first[3];
  gint32      stored[3], ras[3];

  for (int s = 0; s < 3; s++)
    {
      double sign = flips >> s & 1 ? -1 : 1;

      grid.dims[s] = patient_dims[axes[s]];
      first[axes[s]] = sign < 0 ? patient_dims[axes[s]] - 1 : 0;
      for (int r = 0; r < 3; r++)
        grid.ijk_to_ras[r][s] = sign * ras_to_mm[r][axes[s]];
    }
  for (int r = 0; r < 3; r++)
    grid.ijk_to_ras[r][3] = ras_to_mm[r][3] + ras_to_mm[r][0] * first[0] +
                            ras_to_mm[r][1] * first[1] + ras_to_mm[r][2] * first[2];
  for (stored[2] = 0; stored[2] < grid.dims[2]; stored[2]++)
    for (stored[1] = 0; stored[1] < grid.dims[1]; stored[1]++)
      for (stored[0] = 0; stored[0] < grid.dims[0]; stored[0]++)
        {
          for (int s = 0; s < 3; s++)
            ras[axes[s]] = flips >> s & 1 ? grid.dims[s] - 1 - stored[s] : stored[s];
          *out++ = value (ras);
        }
  return sag_volume_new_int16 (&grid, voxels);
}

void
sag_patient_straight (double ras_to_mm[3][4])
{
  memset (ras_to_mm, 0, 12 * sizeof (double));
  for (int a = 0; a < 3; a++)
    ras_to_mm[a][a] = sag_patient_spacing_mm[a];
  ras_to_mm[0][3] = -131.7;
  ras_to_mm[1][3] = 17.25;
  ras_to_mm[2][3] = -812.5;
}

SagVolume *
sag_patient_new (SagPatientFunc value)
{
  static const int as_is[3] = { 0, 1, 2 };
  double           ras_to_mm[3][4];

  sag_patient_straight (ras_to_mm);
  return sag_patient_store (ras_to_mm, as_is, 0, value);
}

SagPrepared *
sag_patient_prepare (SagVolume *volume, SagRecipeKind kind, const SagPrepareOptions *options)
{
  g_autoptr (GError) error = NULL;
  SagRecipe    recipe = sag_patient_recipe (kind);
  SagPrepared *prepared = sag_prepare (volume, &recipe, options, NULL, &error);

  g_assert_no_error (error);
  return prepared;
}

void
sag_patient_add_test (const char *name, GTestDataFunc test)
{
  static const SagRecipeKind kinds[] = { SAG_RECIPE_UPSTREAM, SAG_RECIPE_PAPER };

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autofree char *path = g_strdup_printf ("/prepare/%s/%s", name,
                                               kinds[k] == SAG_RECIPE_PAPER ? "paper" : "upstream");

      g_test_add_data_func (path, GINT_TO_POINTER (kinds[k]), test);
    }
}

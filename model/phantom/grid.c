/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/grid.h"

#include <math.h>

/* "LPS" and so on to axes and directions; FALSE unless each patient axis is named once. */
static gboolean
parse_orientation (const char *letters, guint axis[3], gboolean flip[3])
{
  static const char names[] = "RLAPSI";
  guint             seen = 0;

  if (letters == NULL)
    letters = "RAS";
  if (strlen (letters) != 3)
    return FALSE;
  for (guint s = 0; s < 3; s++)
    {
      const char *name = strchr (names, letters[s]);

      if (name == NULL)
        return FALSE;
      axis[s] = (name - names) / 2;
      flip[s] = (name - names) % 2;
      seen |= 1u << axis[s];
    }
  return seen == 7;
}

static void
rotation_matrix (const double degrees[3], double matrix[3][3])
{
  double total[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };

  for (guint a = 0; a < 3; a++)
    {
      guint  b = (a + 1) % 3, c = (a + 2) % 3;
      double cosine = cos (degrees[a] * (G_PI / 180)), sine = sin (degrees[a] * (G_PI / 180));

      for (guint column = 0; degrees[a] != 0 && column < 3; column++)
        {
          double u = total[b][column], v = total[c][column];

          total[b][column] = cosine * u - sine * v;
          total[c][column] = sine * u + cosine * v;
        }
    }
  memcpy (matrix, total, sizeof total);
}

gboolean
sag_grid_init (SagGrid                 *grid,
               const SagPhantomOptions *options,
               const double             low[3],
               const double             high[3])
{
  double       rotation[3][3], spacing[3], n_voxels = 1;
  const gint32 first_stored[3] = { 0, 0, 0 };
  gint32       first[3];

  *grid = (SagGrid){ 0 };
  if (!parse_orientation (options->orientation, grid->axis, grid->flip))
    return FALSE;
  rotation_matrix (options->rotation_degrees, rotation);
  for (guint s = 0; s < 3; s++)
    {
      double mm = options->spacing_mm[s] == 0 ? 2 : options->spacing_mm[s];

      if (!(mm > 0 && isfinite (mm) && isfinite (options->rotation_degrees[s])))
        return FALSE;
      spacing[grid->axis[s]] = mm;
    }
  for (guint a = 0; a < 3; a++)
    {
      double extent = 0, n;

      for (guint b = 0; b < 3; b++)
        extent += fabs (rotation[b][a]) * (high[b] - low[b]);
      n = MAX (ceil (extent / spacing[a]), 1);
      n_voxels *= n;
      if (n_voxels > 1 << 30)
        return FALSE;
      grid->dims[a] = (gint32) n;
      grid->centre[a] = (low[a] + high[a]) / 2;
      for (guint b = 0; b < 3; b++)
        grid->steps[b][a] = rotation[b][a] * spacing[a];
    }
  sag_grid_to_canonical (grid, first_stored, first);
  for (guint s = 0; s < 3; s++)
    {
      guint a = grid->axis[s];

      grid->geometry.dims[s] = grid->dims[a];
      grid->geometry.ijk_to_ras[s][3] = sag_grid_position (grid, s, first);
      for (guint b = 0; b < 3; b++)
        grid->geometry.ijk_to_ras[b][s] = grid->flip[s] ? -grid->steps[b][a] : grid->steps[b][a];
    }
  return TRUE;
}

gboolean
sag_grid_clip_row (const double first[3],
                   const double step[3],
                   const double low[3],
                   const double high[3],
                   gint32       n,
                   gint32      *from,
                   gint32      *to)
{
  double enter = 0, leave = n - 1;

  for (guint a = 0; a < 3; a++)
    if (step[a] != 0)
      {
        double t0 = (low[a] - first[a]) / step[a], t1 = (high[a] - first[a]) / step[a];

        enter = MAX (enter, MIN (t0, t1));
        leave = MIN (leave, MAX (t0, t1));
      }
    else if (first[a] < low[a] || first[a] > high[a])
      return FALSE;
  if (enter > leave + 2)
    return FALSE;
  *from = MAX ((gint32) floor (enter) - 1, 0);
  *to = MIN ((gint32) ceil (leave) + 2, n);
  return *from < *to;
}

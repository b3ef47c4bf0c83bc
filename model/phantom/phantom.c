/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/phantom.h"

#include "model/core/pool.h"
#include "model/phantom/anatomy.h"
#include "model/phantom/random.h"

#include <math.h>

/* The scanner: turns the parts of a patient into voxels, one slice of the stored grid at a time. */

typedef struct
{
  const SagAnatomy *anatomy;
  guint64           noise_seed;
  SagGeometry       geometry;    /* as stored */
  gint32            dims[3];     /* along R, A, S */
  double            centre[3];   /* of the field of view, RAS mm */
  double            steps[3][3]; /* column a: mm in the patient for one step along axis a */
  guint             axis[3];     /* the canonical axis of each stored one */
  gboolean          flip[3];     /* it is stored backwards */
  gint16           *hu;
  gint16           *labels;
} Scan;

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

/* Where a voxel lies, always summed in the same order: storage order moves no voxel by a rounding
 * error. */
static inline double
position (const Scan *scan, guint coordinate, const gint32 index[3])
{
  double mm = scan->centre[coordinate];

  for (guint a = 0; a < 3; a++)
    mm += scan->steps[coordinate][a] * (index[a] - (scan->dims[a] - 1) * 0.5);
  return mm;
}

static void
to_canonical (const Scan *scan, const gint32 stored[3], gint32 index[3])
{
  for (guint s = 0; s < 3; s++)
    {
      guint a = scan->axis[s];

      index[a] = scan->flip[s] ? scan->dims[a] - 1 - stored[s] : stored[s];
    }
}

static gboolean
scan_init (Scan *scan, const SagPhantomOptions *options, const SagAnatomy *anatomy)
{
  double       rotation[3][3], spacing[3], n_voxels = 1;
  const gint32 first_stored[3] = { 0, 0, 0 };
  gint32       first[3];

  *scan = (Scan){ anatomy, sag_random_hash (options->seed, 2) };
  if (!parse_orientation (options->orientation, scan->axis, scan->flip))
    return FALSE;
  rotation_matrix (options->rotation_degrees, rotation);
  for (guint s = 0; s < 3; s++)
    {
      double mm = options->spacing_mm[s] == 0 ? 2 : options->spacing_mm[s];

      if (!(mm > 0 && isfinite (mm) && isfinite (options->rotation_degrees[s])))
        return FALSE;
      spacing[scan->axis[s]] = mm;
    }
  for (guint a = 0; a < 3; a++)
    {
      double extent = 0, n;

      for (guint b = 0; b < 3; b++)
        extent += fabs (rotation[b][a]) * (anatomy->high[b] - anatomy->low[b]);
      n = MAX (ceil (extent / spacing[a]), 1);
      n_voxels *= n;
      if (n_voxels > 1 << 30)
        return FALSE;
      scan->dims[a] = (gint32) n;
      scan->centre[a] = (anatomy->low[a] + anatomy->high[a]) / 2;
      for (guint b = 0; b < 3; b++)
        scan->steps[b][a] = rotation[b][a] * spacing[a];
    }
  to_canonical (scan, first_stored, first);
  for (guint s = 0; s < 3; s++)
    {
      guint a = scan->axis[s];

      scan->geometry.dims[s] = scan->dims[a];
      scan->geometry.ijk_to_ras[s][3] = position (scan, s, first);
      for (guint b = 0; b < 3; b++)
        scan->geometry.ijk_to_ras[b][s] = scan->flip[s] ? -scan->steps[b][a] : scan->steps[b][a];
    }
  return TRUE;
}

/* The voxels of a row that may be in a part: those between its bounds, one to spare on both sides.
 */
static gboolean
clip_row (const double first[3],
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

typedef struct
{
  const SagPart *part;
  double         low[3];
  double         high[3];
} Bounded;

/* Scratch memory of one slice. */
typedef struct
{
  double  *position[3]; /* (ni) */
  guint8  *labels;
  guint8  *tissues;
  Bounded *parts; /* those that the slice meets */
  guint    n_parts;
} Slice;

static void
slice_init (Slice *slice, const Scan *scan, gint32 k)
{
  gint32 ni = scan->geometry.dims[0], nj = scan->geometry.dims[1];
  double low[3] = { INFINITY, INFINITY, INFINITY }, high[3] = { -INFINITY, -INFINITY, -INFINITY };

  for (guint corner = 0; corner < 4; corner++)
    {
      gint32 stored[3] = { corner & 1 ? ni - 1 : 0, corner & 2 ? nj - 1 : 0, k }, index[3];

      to_canonical (scan, stored, index);
      for (guint a = 0; a < 3; a++)
        {
          double mm = position (scan, a, index);

          low[a] = MIN (low[a], mm);
          high[a] = MAX (high[a], mm);
        }
    }
  for (guint a = 0; a < 3; a++)
    slice->position[a] = g_new (double, ni);
  slice->labels = g_new (guint8, ni);
  slice->tissues = g_new (guint8, ni);
  slice->parts = g_new (Bounded, scan->anatomy->parts->len);
  slice->n_parts = 0;
  for (guint p = 0; p < scan->anatomy->parts->len; p++)
    {
      Bounded *bounded = &slice->parts[slice->n_parts];
      gboolean meets = TRUE;

      bounded->part = &g_array_index (scan->anatomy->parts, SagPart, p);
      sag_part_get_bounds (bounded->part, bounded->low, bounded->high);
      for (guint a = 0; a < 3; a++)
        meets &= bounded->low[a] <= high[a] && bounded->high[a] >= low[a];
      slice->n_parts += meets;
    }
}

static void
slice_clear (Slice *slice)
{
  for (guint a = 0; a < 3; a++)
    g_free (slice->position[a]);
  g_free (slice->labels);
  g_free (slice->tissues);
  g_free (slice->parts);
}

static void
paint_row (const Scan *scan, const Slice *slice, gint32 ni)
{
  double first[3], step[3];

  for (guint a = 0; a < 3; a++)
    {
      first[a] = slice->position[a][0];
      step[a] = ni > 1 ? slice->position[a][1] - first[a] : 0;
    }
  memset (slice->labels, SAG_PHANTOM_BACKGROUND, ni);
  memset (slice->tissues, SAG_TISSUE_AIR, ni);
  for (guint p = 0; p < slice->n_parts; p++)
    {
      const Bounded *bounded = &slice->parts[p];
      gint32         from, to;

      if (clip_row (first, step, bounded->low, bounded->high, ni, &from, &to))
        sag_part_paint (bounded->part, to - from, slice->position[0] + from,
                        slice->position[1] + from, slice->position[2] + from, slice->labels + from,
                        slice->tissues + from);
    }
}

static void
scan_slice (gsize item, guint worker, gpointer data)
{
  Scan             *scan = data;
  const SagAnatomy *anatomy = scan->anatomy;
  gint32            ni = scan->geometry.dims[0], nj = scan->geometry.dims[1], k = (gint32) item;
  Slice             slice;

  slice_init (&slice, scan, k);
  for (gint32 j = 0; j < nj; j++)
    {
      gsize row = ((gsize) k * nj + j) * ni;

      for (gint32 i = 0; i < ni; i++)
        {
          const gint32 stored[3] = { i, j, k };
          gint32       index[3];

          to_canonical (scan, stored, index);
          for (guint a = 0; a < 3; a++)
            slice.position[a][i] = position (scan, a, index);
        }
      paint_row (scan, &slice, ni);
      for (gint32 i = 0; i < ni; i++)
        {
          const gint32 stored[3] = { i, j, k };
          gint32       index[3];
          guint64      counter;
          float        hu;

          to_canonical (scan, stored, index);
          counter = index[0] + scan->dims[0] * (index[1] + (guint64) scan->dims[1] * index[2]);
          hu = anatomy->hu[slice.tissues[i]] +
               anatomy->noise_hu[slice.tissues[i]] *
                 sag_phantom_bell (sag_random_hash (scan->noise_seed, counter));
          scan->hu[row + i] = (gint16) CLAMP (rintf (hu), -1024, 3071);
          scan->labels[row + i] = slice.labels[i];
        }
    }
  slice_clear (&slice);
}

SagPhantom *
sag_phantom_new (const SagPhantomOptions *options)
{
  g_autoptr (SagAnatomy) anatomy = NULL;
  SagPhantom *phantom;
  gsize       n_voxels;
  Scan        scan;

  g_return_val_if_fail (options != NULL, NULL);

  anatomy = sag_anatomy_new (options);
  if (!scan_init (&scan, options, anatomy))
    return NULL;
  n_voxels = sag_geometry_n_voxels (&scan.geometry);
  scan.hu = g_new (gint16, n_voxels);
  scan.labels = g_new (gint16, n_voxels);
  sag_pool_run (sag_pool_get_default (), scan.geometry.dims[2], scan_slice, &scan);
  phantom = g_new (SagPhantom, 1);
  phantom->image = sag_volume_new_int16 (&scan.geometry, scan.hu);
  phantom->labels = sag_volume_new_int16 (&scan.geometry, scan.labels);
  return phantom;
}

void
sag_phantom_free (SagPhantom *phantom)
{
  if (phantom == NULL)
    return;
  sag_volume_unref (phantom->image);
  sag_volume_unref (phantom->labels);
  g_free (phantom);
}

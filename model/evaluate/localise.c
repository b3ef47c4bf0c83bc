/* SPDX-License-Identifier: Apache-2.0 */
/* Maps of scores against label maps, in mm: neither grid is resampled.
 *
 *   counts[slot]   (n_cells) voxels of a structure whose centres lie in each cell
 *
 * A choice of k cells that holds S voxels of T reaches the Dice 2 S v / (k c + T v), v and c being the volumes of a
 * voxel and a cell. For every k the fullest cells are the best choice, so the best of all is found by sorting.
 */
#include "model/evaluate/localise.h"

#include "model/core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ONE_SIDED 0.9

struct _SagTruth
{
  SagVolume  *labels;
  SagGeometry cells;
  gsize       n_cells;
  double      label_to_cell[3][4];
  double      ras_to_label[3][4];
  double      voxel_mm3;
  double      cell_mm3;
  GHashTable *slots; /* value -> slot + 1 */
  GPtrArray  *counts;
  GArray     *totals;
};

static double
volume_of (const SagGeometry *geometry)
{
  const double (*m)[4] = geometry->ijk_to_ras;

  return fabs (m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
               m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
               m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]));
}

static int
slot_of (const SagTruth *self, gint32 value)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (self->slots, GINT_TO_POINTER (value))) - 1;
}

static void
add_slot (SagTruth *self, gint32 value)
{
  guint64 none = 0;

  if (slot_of (self, value) >= 0)
    return;
  g_ptr_array_add (self->counts, g_new0 (guint32, self->n_cells));
  g_array_append_val (self->totals, none);
  g_hash_table_insert (self->slots, GINT_TO_POINTER (value), GINT_TO_POINTER (self->counts->len));
}

/* Which cell holds a point of the cells' index space; -1: none. */
static gssize
cell_at (const SagGeometry *cells, const double at[3])
{
  gssize index[3];

  for (int a = 0; a < 3; a++)
    {
      double rounded = floor (at[a] + 0.5);

      if (!(rounded >= 0 && rounded < cells->dims[a]))
        return -1;
      index[a] = (gssize) rounded;
    }
  return index[0] + cells->dims[0] * (index[1] + cells->dims[1] * index[2]);
}

static void
count_voxel (SagTruth *self, int slot, gssize cell)
{
  g_array_index (self->totals, guint64, slot)++;
  if (cell >= 0)
    ((guint32 *) self->counts->pdata[slot])[cell]++;
}

static gint32
label_at (const SagVolume *labels, gsize index)
{
  const gint16 *whole = sag_volume_get_int16 (labels);
  float         value;

  if (whole != NULL)
    return whole[index];
  value = sag_volume_get_float (labels)[index];
  return value > -1e9f && value < 1e9f ? (gint32) lrintf (value) : 0;
}

/* A run of voxels along i. */
static void
count_run (SagTruth *self, int j, int k)
{
  int   n = sag_volume_get_geometry (self->labels)->dims[0];
  gsize first =
    (gsize) n * ((gsize) j + (gsize) sag_volume_get_geometry (self->labels)->dims[1] * (gsize) k);
  int    any = slot_of (self, 0), slot = -1;
  gint32 before = 0;

  for (int i = 0; i < n; i++)
    {
      gint32 value = label_at (self->labels, first + (gsize) i);
      double at[3];
      gssize cell;

      if (value == 0)
        continue;
      if (value != before)
        slot = slot_of (self, value);
      before = value;
      if (slot < 0 && any < 0)
        continue;
      sag_geometry_apply (self->label_to_cell, (double[3]){ i, j, k }, at);
      cell = cell_at (&self->cells, at);
      if (slot >= 0)
        count_voxel (self, slot, cell);
      if (any >= 0)
        count_voxel (self, any, cell);
    }
}

static gboolean
count_all (SagTruth *self, GCancellable *cancellable, GError **error)
{
  const SagGeometry *grid = sag_volume_get_geometry (self->labels);

  for (int k = 0; k < grid->dims[2]; k++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (int j = 0; j < grid->dims[1]; j++)
        count_run (self, j, k);
    }
  return TRUE;
}

SagTruth *
sag_truth_new (SagVolume         *labels,
               const SagGeometry *cells,
               const gint32      *values,
               gsize              n_values,
               GCancellable      *cancellable,
               GError           **error)
{
  g_autoptr (SagTruth) self = g_new0 (SagTruth, 1);
  const SagGeometry *grid = sag_volume_get_geometry (labels);
  double             ras_to_cell[3][4];

  self->labels = sag_volume_ref (labels);
  self->cells = *cells;
  self->n_cells = (gsize) sag_geometry_n_voxels (cells);
  self->slots = g_hash_table_new (NULL, NULL);
  self->counts = g_ptr_array_new_with_free_func (g_free);
  self->totals = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->voxel_mm3 = volume_of (grid);
  self->cell_mm3 = volume_of (cells);
  if (!sag_geometry_invert (cells, ras_to_cell) || !sag_geometry_invert (grid, self->ras_to_label))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                           "The mask's voxels have no volume; check the file's affine.");
      return NULL;
    }
  sag_geometry_compose (ras_to_cell, grid->ijk_to_ras, self->label_to_cell);
  for (gsize i = 0; i < n_values; i++)
    add_slot (self, values[i]);
  return count_all (self, cancellable, error) ? g_steal_pointer (&self) : NULL;
}

void
sag_truth_free (SagTruth *truth)
{
  if (truth == NULL)
    return;
  sag_volume_unref (truth->labels);
  g_hash_table_unref (truth->slots);
  g_ptr_array_unref (truth->counts);
  g_array_unref (truth->totals);
  g_free (truth);
}

/* What was asked for. */
typedef struct
{
  const SagTruth *truth;
  const gint32   *values;
  gsize           n_values;
  const float    *scores;
  guint32        *counts; /* of the union */
  guint64         inside;
  gsize           peak;
  double          peak_ijk[3]; /* of the cells */
  double          peak_mm[3];
} Question;

static gboolean
is_asked (const Question *question, gint32 value)
{
  if (question->n_values == 0)
    return value != 0;
  for (gsize i = 0; i < question->n_values; i++)
    if (question->values[i] == value)
      return TRUE;
  return FALSE;
}

static void
add_value (Question *question, gint32 value, SagLocalisation *result)
{
  const SagTruth *truth = question->truth;
  int             slot = slot_of (truth, value);
  const guint32  *counts;

  g_return_if_fail (slot >= 0);
  counts = truth->counts->pdata[slot];
  for (gsize c = 0; c < truth->n_cells; c++)
    {
      question->counts[c] += counts[c];
      question->inside += counts[c];
    }
  result->volume_ml +=
    (double) g_array_index (truth->totals, guint64, slot) * truth->voxel_mm3 / 1000;
}

static void
find_peak (Question *question)
{
  const gint32 *dims = question->truth->cells.dims;
  gsize         rest;

  for (gsize c = 1; c < question->truth->n_cells; c++)
    if (question->scores[c] > question->scores[question->peak])
      question->peak = c;
  rest = question->peak;
  for (int a = 0; a < 3; a++)
    {
      question->peak_ijk[a] = (double) (rest % (gsize) dims[a]);
      rest /= (gsize) dims[a];
    }
  sag_geometry_to_ras (&question->truth->cells, question->peak_ijk, question->peak_mm);
}

static gboolean
peak_is_inside (const Question *question)
{
  const SagGeometry *grid = sag_volume_get_geometry (question->truth->labels);
  double             at[3];
  gssize             voxel;

  sag_geometry_apply (question->truth->ras_to_label, question->peak_mm, at);
  voxel = cell_at (grid, at);
  return voxel >= 0 && is_asked (question, label_at (question->truth->labels, (gsize) voxel));
}

static double
dice_of (double shared, double first, double second)
{
  return first + second > 0 ? 2 * shared / (first + second) : NAN;
}

static int
compare_down (const void *a, const void *b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x < y) - (x > y);
}

static double
best_dice (const Question *question)
{
  const SagTruth     *truth = question->truth;
  g_autofree guint32 *sorted =
    g_memdup2 (question->counts, truth->n_cells * sizeof *question->counts);
  double truly = (double) question->inside * truth->voxel_mm3, held = 0, best = 0;

  qsort (sorted, truth->n_cells, sizeof *sorted, compare_down);
  for (gsize k = 0; k < truth->n_cells && sorted[k] > 0; k++)
    {
      /* A voxel may reach out of its cell: no cell holds more than itself. */
      held += fmin (sorted[k] * truth->voxel_mm3, truth->cell_mm3);
      best = fmax (best, dice_of (held, (double) (k + 1) * truth->cell_mm3, truly));
    }
  return best;
}

static void
measure_overlap (const Question *question, SagLocalisation *result)
{
  const SagTruth *truth = question->truth;
  double          truly = (double) question->inside * truth->voxel_mm3, held = 0;
  gsize           n_marked = 0, n_true = 0, n_both = 0;

  for (gsize c = 0; c < truth->n_cells; c++)
    {
      gboolean marked = question->scores[c] >= SAG_LOCALISE_THRESHOLD;

      n_marked += marked;
      n_true += question->counts[c] > 0;
      n_both += marked && question->counts[c] > 0;
      if (marked)
        held += fmin (question->counts[c] * truth->voxel_mm3, truth->cell_mm3);
    }
  result->dice = dice_of (held, (double) n_marked * truth->cell_mm3, truly);
  result->best_dice = best_dice (question);
  result->cell_dice = dice_of ((double) n_both, (double) n_marked, (double) n_true);
}

static SagSide
judge_side (const Question *question)
{
  const gint32 *dims = question->truth->cells.dims;
  double        middle = (dims[0] - 1) / 2.0, sides[2] = { 0 };
  int           truly, peak;

  for (gsize c = 0; c < question->truth->n_cells; c++)
    {
      double x = (double) (c % (gsize) dims[0]);

      if (x < middle || x > middle)
        sides[x > middle] += question->counts[c];
    }
  if (fmax (sides[0], sides[1]) < ONE_SIDED * (double) question->inside ||
      !(question->peak_ijk[0] < middle || question->peak_ijk[0] > middle))
    return SAG_SIDE_NONE;
  truly = sides[1] > sides[0];
  peak = question->peak_ijk[0] > middle;
  return truly == peak ? SAG_SIDE_SAME : SAG_SIDE_WRONG;
}

/* A cell that holds some of the structure, and how near its box comes to the peak. */
typedef struct
{
  double nearest_mm;
  gsize  cell;
} Near;

static int
compare_near (const void *a, const void *b)
{
  double x = ((const Near *) a)->nearest_mm, y = ((const Near *) b)->nearest_mm;

  return (x > y) - (x < y);
}

static void
cell_index (const SagGeometry *cells, gsize cell, double ijk[3])
{
  for (int a = 0; a < 3; a++)
    {
      ijk[a] = (double) (cell % (gsize) cells->dims[a]);
      cell /= (gsize) cells->dims[a];
    }
}

/* A bound below: a cell's centre less half of its diagonal, which also holds for turned boxes. */
static double
bound_mm (const Question *question, gsize cell)
{
  const SagGeometry *cells = &question->truth->cells;
  double             ijk[3], centre[3], spacing[3], distance = 0, diagonal = 0;

  cell_index (cells, cell, ijk);
  sag_geometry_to_ras (cells, ijk, centre);
  sag_geometry_spacing_mm (cells, spacing);
  for (int a = 0; a < 3; a++)
    {
      distance += (centre[a] - question->peak_mm[a]) * (centre[a] - question->peak_mm[a]);
      diagonal += spacing[a] * spacing[a];
    }
  return fmax (sqrt (distance) - sqrt (diagonal) / 2, 0);
}

/* The range of the label map's voxels whose centres can lie in a cell. */
static void
voxels_of (const Question *question, gsize cell, int low[3], int high[3])
{
  const SagTruth    *truth = question->truth;
  const SagGeometry *grid = sag_volume_get_geometry (truth->labels);
  double             ijk[3], least[3] = { INFINITY, INFINITY, INFINITY };
  double             most[3] = { -INFINITY, -INFINITY, -INFINITY };

  cell_index (&truth->cells, cell, ijk);
  for (int corner = 0; corner < 8; corner++)
    {
      double at[3], mm[3];

      for (int a = 0; a < 3; a++)
        at[a] = ijk[a] + (corner >> a & 1 ? 0.5 : -0.5);
      sag_geometry_to_ras (&truth->cells, at, mm);
      sag_geometry_apply (truth->ras_to_label, mm, at);
      for (int a = 0; a < 3; a++)
        {
          least[a] = fmin (least[a], at[a]);
          most[a] = fmax (most[a], at[a]);
        }
    }
  for (int a = 0; a < 3; a++)
    {
      low[a] = (int) fmax (floor (least[a]), 0);
      high[a] = (int) fmin (ceil (most[a]), grid->dims[a] - 1);
    }
}

static double
nearest_in_cell (const Question *question, gsize cell)
{
  const SagTruth    *truth = question->truth;
  const SagGeometry *grid = sag_volume_get_geometry (truth->labels);
  double             best = INFINITY;
  int                low[3], high[3];

  voxels_of (question, cell, low, high);
  for (int k = low[2]; k <= high[2]; k++)
    for (int j = low[1]; j <= high[1]; j++)
      for (int i = low[0]; i <= high[0]; i++)
        {
          gsize voxel =
            (gsize) i + (gsize) grid->dims[0] * ((gsize) j + (gsize) grid->dims[1] * (gsize) k);
          double mm[3];

          if (!is_asked (question, label_at (truth->labels, voxel)))
            continue;
          sag_geometry_to_ras (grid, (double[3]){ i, j, k }, mm);
          for (int a = 0; a < 3; a++)
            mm[a] -= question->peak_mm[a];
          best = fmin (best, sqrt (mm[0] * mm[0] + mm[1] * mm[1] + mm[2] * mm[2]));
        }
  return best;
}

static double
measure_distance (const Question *question)
{
  const SagTruth  *truth = question->truth;
  g_autofree Near *near = g_new (Near, truth->n_cells);
  double           best = INFINITY;
  gsize            n = 0;

  for (gsize c = 0; c < truth->n_cells; c++)
    if (question->counts[c] > 0)
      near[n++] = (Near){ bound_mm (question, c), c };
  qsort (near, n, sizeof *near, compare_near);
  for (gsize i = 0; i < n && near[i].nearest_mm < best; i++)
    best = fmin (best, nearest_in_cell (question, near[i].cell));
  return best;
}

/* Mean place of cells, each counting as much as it holds. */
static void
weigh_cells (const Question *question, double mean_ijk[3])
{
  memset (mean_ijk, 0, 3 * sizeof *mean_ijk);
  for (gsize c = 0; c < question->truth->n_cells; c++)
    {
      double ijk[3];

      if (question->counts[c] == 0)
        continue;
      cell_index (&question->truth->cells, c, ijk);
      for (int a = 0; a < 3; a++)
        mean_ijk[a] += ijk[a] * question->counts[c] / (double) question->inside;
    }
}

static double
distance_of (const double a[3], const double b[3])
{
  return sqrt ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
               (a[2] - b[2]) * (a[2] - b[2]));
}

static gsize
fullest_cell (const Question *question)
{
  double mean[3], best = INFINITY;
  gsize  fullest = 0;

  weigh_cells (question, mean);
  for (gsize c = 0; c < question->truth->n_cells; c++)
    {
      double ijk[3], distance;

      if (question->counts[c] < MAX (question->counts[fullest], 1))
        continue;
      cell_index (&question->truth->cells, c, ijk);
      distance = distance_of (ijk, mean);
      if (question->counts[c] > question->counts[fullest] || distance < best)
        {
          fullest = c;
          best = distance;
        }
    }
  return fullest;
}

/* Voxel centres of the structure in a cell, in RAS mm. */
static GArray *
collect_in_cell (const Question *question, gsize cell)
{
  const SagTruth    *truth = question->truth;
  const SagGeometry *grid = sag_volume_get_geometry (truth->labels);
  GArray            *places = g_array_new (FALSE, FALSE, 3 * sizeof (double));
  int                low[3], high[3];

  voxels_of (question, cell, low, high);
  for (int k = low[2]; k <= high[2]; k++)
    for (int j = low[1]; j <= high[1]; j++)
      for (int i = low[0]; i <= high[0]; i++)
        {
          gsize voxel =
            (gsize) i + (gsize) grid->dims[0] * ((gsize) j + (gsize) grid->dims[1] * (gsize) k);
          double at[3], mm[3];

          sag_geometry_apply (truth->label_to_cell, (double[3]){ i, j, k }, at);
          if (cell_at (&truth->cells, at) != (gssize) cell ||
              !is_asked (question, label_at (truth->labels, voxel)))
            continue;
          sag_geometry_to_ras (grid, (double[3]){ i, j, k }, mm);
          g_array_append_val (places, mm);
        }
  return places;
}

static void
find_middle (const Question *question, double middle_mm[3])
{
  g_autoptr (GArray) places = collect_in_cell (question, fullest_cell (question));
  const double (*mm)[3] = (const double (*)[3]) (const void *) places->data;
  double mean[3] = { 0 }, best = INFINITY;

  for (guint p = 0; p < places->len; p++)
    for (int a = 0; a < 3; a++)
      mean[a] += mm[p][a] / places->len;
  for (guint p = 0; p < places->len; p++)
    if (distance_of (mm[p], mean) < best)
      {
        best = distance_of (mm[p], mean);
        memcpy (middle_mm, mm[p], 3 * sizeof *middle_mm);
      }
}

SagLocalisation
sag_truth_localise (const SagTruth *truth,
                    const gint32   *values,
                    gsize           n_values,
                    const float    *scores)
{
  g_autofree guint32 *counts = g_new0 (guint32, truth->n_cells);
  SagLocalisation     result = {
        .share_in_box = NAN, .distance_mm = NAN, .dice = NAN, .middle_ras_mm = { NAN, NAN, NAN }
  };
  Question question = {
    .truth = truth,
    .values = values,
    .n_values = n_values,
    .scores = scores,
    .counts = counts,
  };

  result.best_dice = result.cell_dice = NAN;
  for (gsize i = 0; i < n_values; i++)
    add_value (&question, values[i], &result);
  if (n_values == 0)
    add_value (&question, 0, &result);
  find_peak (&question);
  result.peak_score = scores[question.peak];
  result.quiet = result.peak_score < SAG_LOCALISE_THRESHOLD;
  if (result.volume_ml > 0)
    result.share_in_box = (double) question.inside * truth->voxel_mm3 / 1000 / result.volume_ml;
  result.present = question.inside > 0;
  if (!result.present)
    return result;
  result.strict_hit = peak_is_inside (&question);
  result.hit = result.strict_hit || counts[question.peak] > 0;
  result.distance_mm = result.strict_hit ? 0 : measure_distance (&question);
  result.side = judge_side (&question);
  find_middle (&question, result.middle_ras_mm);
  measure_overlap (&question, &result);
  return result;
}

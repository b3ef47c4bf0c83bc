/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/series.h"

#include <math.h>
#include <stdlib.h>

/* From slices with places to a grid.
 *
 * Slices that lie evenly, to 5 % of their distance or what rounding to 0.1 mm does, are taken as
 * they are. Where some are missing, the distance being a
 * multiple of the usual one, the grid has places for them, filled from their neighbours. Others are resampled to an
 * even distance. Slices shifted within their plane (the gantry was tilted) are shifted back, on a grid that is as
 * much larger as that takes.
 */

#define EVEN 0.05
#define WHOLE 0.1
#define ROUNDED_MM 0.06
#define SHIFTED_PIXELS 0.1
#define MAX_GROWTH 1.0 /* of rows or columns by shifts */
#define MIN_GAP_MM 0.02
#define SAME 1e-3 /* of a distance: no slice of the files is two of the grid */

typedef struct
{
  SagDicomSeries *series;
  GPtrArray      *notes;
  guint           n;
  double          first_mm;
  double          gap_mm; /* of the grid */
} Plan;

static SagDicomSlice *
get_slice (const Plan *plan, guint i)
{
  return &g_array_index (plan->series->slices, SagDicomSlice, i);
}

static double
gap_after (const Plan *plan, guint i)
{
  return get_slice (plan, i + 1)->along_mm - get_slice (plan, i)->along_mm;
}

static void G_GNUC_PRINTF (2, 3) note (Plan *plan, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (plan->notes, g_strdup_vprintf (format, args));
  va_end (args);
}

/* A number of mm for a sentence. */
static char *
dup_mm (double mm)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (text, sizeof text, "%.1f", mm));
}

static void
add_target (Plan *plan, int below, int above, double weight, gboolean made_up)
{
  SagDicomTarget target = { below, above, weight, made_up };

  g_array_append_val (plan->series->targets, target);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const double one = *(const double *) a, other = *(const double *) b;

  return (one > other) - (one < other);
}

static double *
dup_sorted_gaps (const Plan *plan)
{
  double *gaps = g_new (double, plan->n);

  for (guint i = 0; i + 1 < plan->n; i++)
    gaps[i] = gap_after (plan, i);
  qsort (gaps, plan->n - 1, sizeof (double), compare_numbers);
  return gaps;
}

/* How far a slice may lie from its place on the grid: places rounded to 0.1 mm are common. */
static double
get_tolerance (double gap)
{
  return MIN (MAX (EVEN * gap, ROUNDED_MM), WHOLE * gap);
}

static gboolean
plan_even (Plan *plan)
{
  const double gap = (get_slice (plan, plan->n - 1)->along_mm - plan->first_mm) / (plan->n - 1);
  double       low = 0, high = 0;

  for (guint i = 0; i < plan->n; i++)
    {
      const double off = get_slice (plan, i)->along_mm - (plan->first_mm + i * gap);

      low = MIN (low, off);
      high = MAX (high, off);
    }
  if ((high - low) / 2 > get_tolerance (gap))
    return FALSE;
  plan->gap_mm = gap;
  for (guint i = 0; i < plan->n; i++)
    add_target (plan, (int) i, (int) i, 0, FALSE);
  return TRUE;
}

static gboolean
plan_missing (Plan *plan, double usual)
{
  guint n_missing = 0, n_holes = 0, first = 0;

  double places = 0, low = 0, high = 0, gap, at = 0;

  for (guint i = 0; i + 1 < plan->n; i++)
    places += MAX (rint (gap_after (plan, i) / usual), 1);
  if (places < plan->n) /* none is missing */
    return FALSE;
  gap = (get_slice (plan, plan->n - 1)->along_mm - plan->first_mm) / places;
  for (guint i = 0; i < plan->n; i++)
    {
      const double off = get_slice (plan, i)->along_mm - (plan->first_mm + at * gap);

      low = MIN (low, off);
      high = MAX (high, off);
      if (i + 1 < plan->n)
        at += MAX (rint (gap_after (plan, i) / usual), 1);
    }
  if ((high - low) / 2 > get_tolerance (gap))
    return FALSE;
  for (guint i = 0; i < plan->n; i++)
    {
      const int steps = i + 1 < plan->n ? (int) MAX (rint (gap_after (plan, i) / usual), 1) : 1;

      add_target (plan, (int) i, (int) i, 0, FALSE);
      if (steps > 1 && n_holes++ == 0)
        first = plan->series->targets->len + 1;
      for (int s = 1; s < steps; s++)
        add_target (plan, (int) i, (int) i + 1, (double) s / steps, TRUE);
      n_missing += (guint) steps - 1;
    }
  plan->gap_mm =
    (get_slice (plan, plan->n - 1)->along_mm - plan->first_mm) / (plan->series->targets->len - 1);
  note (plan,
        n_missing == 1
          ? "%u slice is missing%s (from slice %u on): it was filled in from its neighbours."
          : "%u slices are missing%s (from slice %u on): they were filled in from their "
            "neighbours.",
        n_missing, n_holes > 1 ? " at several places" : "", first);
  return TRUE;
}

static void
plan_uneven (Plan *plan, const double *gaps)
{
  const double     range = get_slice (plan, plan->n - 1)->along_mm - plan->first_mm;
  const double     usual = gaps[(plan->n - 1) / 2];
  g_autofree char *least = dup_mm (gaps[0]), *most = dup_mm (gaps[plan->n - 2]), *now = NULL;
  guint            n_targets, source = 0;
  double           gap = usual;

  for (guint i = 0; i + 1 < plan->n; i++)
    if (gaps[i] >= 0.75 * usual)
      {
        gap = gaps[i];
        break;
      }
  n_targets = (guint) rint (range / gap) + 1;
  gap = range / (n_targets - 1);
  for (guint k = 0; k < n_targets; k++)
    {
      const double at = plan->first_mm + k * gap;
      double       above_mm, below_mm;

      while (source + 2 < plan->n && get_slice (plan, source + 1)->along_mm <= at)
        source++;
      below_mm = at - get_slice (plan, source)->along_mm;
      above_mm = get_slice (plan, source + 1)->along_mm - at;
      if (below_mm < SAME * gap)
        add_target (plan, (int) source, (int) source, 0, FALSE);
      else if (above_mm < SAME * gap)
        add_target (plan, (int) source + 1, (int) source + 1, 0, FALSE);
      else
        add_target (plan, (int) source, (int) source + 1, below_mm / (below_mm + above_mm), TRUE);
    }
  plan->gap_mm = gap;
  now = dup_mm (gap);
  note (plan,
        "The slices lie %s to %s mm apart: they were resampled to an even %s mm. Fine detail "
        "between slices is interpolated.",
        least, most, now);
}

static void
plan_gaps (Plan *plan)
{
  g_autofree double *gaps = NULL;

  plan->first_mm = get_slice (plan, 0)->along_mm;
  if (plan->n == 1)
    {
      const double thickness = plan->series->header->slice_thickness_mm;

      plan->gap_mm = thickness > 0 && thickness < 1000 ? thickness : 1;
      add_target (plan, 0, 0, 0, FALSE);
      note (plan, "It is a single slice.");
      return;
    }
  gaps = dup_sorted_gaps (plan);
  if (!plan_even (plan) && !plan_missing (plan, gaps[(plan->n - 1) / 2]))
    plan_uneven (plan, gaps);
}

/* In-plane shifts: offset_mm of each slice, relative to the grid, whose first pixel is at @origin. */
static gboolean
plan_shifts (Plan *plan, gint32 dims[3], double origin[3])
{
  SagDicomSeries      *series = plan->series;
  const SagDicomFrame *first = sag_dicom_slice_frame (get_slice (plan, 0));
  const double        *axes[2] = { first->along_row, first->along_column };
  double               low[2] = { 0 }, high[2] = { 0 }, shift[2], tilt;
  g_autofree char     *degrees = NULL;

  for (guint i = 0; i < plan->n; i++)
    for (int a = 0; a < 2; a++)
      {
        SagDicomSlice *slice = get_slice (plan, i);
        const double  *p = sag_dicom_slice_frame (slice)->position_mm;

        slice->offset_mm[a] = 0;
        for (int c = 0; c < 3; c++)
          slice->offset_mm[a] += (p[c] - first->position_mm[c]) * axes[a][c];
        low[a] = MIN (low[a], slice->offset_mm[a]);
        high[a] = MAX (high[a], slice->offset_mm[a]);
      }
  for (int a = 0; a < 2; a++)
    {
      const double pixels = (high[a] - low[a]) / first->spacing_mm[a];
      gint32       growth;

      shift[a] = high[a] - low[a];
      if (pixels <= SHIFTED_PIXELS)
        {
          low[a] = 0;
          continue;
        }
      series->is_sheared = TRUE;
      if (pixels > MAX_GROWTH * dims[a])
        return FALSE;
      /* The slice that lies furthest along stays on the grid's own pixels, as dcm2niix has it. */
      growth = (gint32) ceil (pixels - 1e-6);
      dims[a] += growth;
      low[a] = high[a] - growth * first->spacing_mm[a];
    }
  for (guint i = 0; i < plan->n; i++)
    for (int a = 0; a < 2; a++)
      get_slice (plan, i)->offset_mm[a] -= low[a];
  for (int c = 0; c < 3; c++)
    origin[c] = first->position_mm[c] + low[0] * axes[0][c] + low[1] * axes[1][c];
  if (!series->is_sheared)
    return TRUE;
  tilt =
    atan2 (hypot (shift[0], shift[1]), get_slice (plan, plan->n - 1)->along_mm - plan->first_mm) *
    180 / G_PI;
  degrees = dup_mm (tilt);
  note (plan, "The gantry was tilted by %s degrees: the slices were shifted to stand upright.",
        degrees);
  return TRUE;
}

static void
set_geometry (Plan *plan, const gint32 dims[3], const double origin[3])
{
  const SagDicomFrame *first = sag_dicom_slice_frame (get_slice (plan, 0));
  SagGeometry         *geometry = &plan->series->geometry;
  double               normal[3];

  sag_dicom_normal (first, normal);
  for (int a = 0; a < 3; a++)
    geometry->dims[a] = dims[a];
  for (int r = 0; r < 3; r++)
    {
      const double sign =
        r < 2 ? -1
              : 1; /* DICOM's axes point to the left and the back, ours to the right and front */

      geometry->ijk_to_ras[r][0] = sign * first->along_row[r] * first->spacing_mm[0];
      geometry->ijk_to_ras[r][1] = sign * first->along_column[r] * first->spacing_mm[1];
      geometry->ijk_to_ras[r][2] = sign * normal[r] * plan->gap_mm;
      geometry->ijk_to_ras[r][3] = sign * origin[r];
    }
}

void
sag_dicom_series_plan (SagDicomSeries *series)
{
  Plan   plan = { .series = series,
                  .notes = g_ptr_array_new_null_terminated (4, g_free, TRUE),
                  .n = series->slices->len };
  gint32 dims[3] = { series->header->columns, series->header->rows, 0 };
  double origin[3] = { 0 }, inverse[3][4];

  plan_gaps (&plan);
  dims[2] = (gint32) series->targets->len;
  if (!plan_shifts (&plan, dims, origin))
    series->problem =
      g_strdup ("has slices that do not lie behind one another, so they make no volume.");
  set_geometry (&plan, dims, origin);
  if (series->problem == NULL &&
      (plan.gap_mm < MIN_GAP_MM || !sag_geometry_invert (&series->geometry, inverse)))
    series->problem =
      g_strdup ("has slices whose places contradict each other, so they make no volume.");
  series->notes = (char **) g_ptr_array_free (plan.notes, FALSE);
}

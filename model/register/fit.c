/* SPDX-License-Identifier: Apache-2.0 */
/* One level of a fit, and what it is worth.
 *
 *   r = M (T (x)) - F (x)                 M, F values of prior and current scan, T rigid
 *   cost = sum w rho (r / k) / sum w      rho (u) = 1 - (1 - u^2)^3 for |u| < 1, else 1 (Tukey's biweight)
 *
 * Gauss-Newton on the weighted squares, with Levenberg's damping: dr = grad M . (turn x (T (x) - centre - shift) +
 * shift), see sag_rigid_step().
 */
#include "model/register/register-private.h"

#include "model/core/pool.h"

#include <math.h>

/* HU: differences beyond say no more than that something else is there. */
static const double tolerances[SAG_REGISTER_N_LEVELS] = { 350, 300, 250 };

/* What a point costs that the prior does not hold: enough not to flee there. */
#define OUTSIDE_COST 0.6

#define CHUNK 1024 /* points whose sums are one item: sums do not depend on who made them */

/* Steps smaller than this are not worth another. */
#define ENOUGH_MM 0.005
#define ENOUGH_RADIANS 0.00005

typedef struct
{
  double hessian[6][6]; /* upper half */
  double gradient[6];
  double cost;
  double weight;
} Sums;

typedef struct
{
  const SagRegisterScan *current;
  const SagRegisterScan *prior;
  const GArray          *points;
  gsize                  step; /* from one point to the next that is taken */
  gsize                  n;    /* that are taken */
  guint                  level;
  SagRigid               rigid;
  double                 to_ijk[3][4]; /* RAS of the current scan to cells of the prior */
  Sums                  *sums;
} Fit;

/* Value and gradient (along the cells' axes) between eight cells; FALSE outside. */
static gboolean
sample (
  const SagRegisterScan *scan, guint level, const double ijk[3], double *value, double slope[3])
{
  const gint32 *dims = scan->geometry.dims;
  const gsize   stride[3] = { 1, dims[0], (gsize) dims[0] * dims[1] };
  const float  *corner = scan->values[level];
  double        part[3], c[2][2], d[2];

  for (guint a = 0; a < 3; a++)
    {
      double base = floor (ijk[a]);

      if (!(base >= 0 && base <= dims[a] - 2))
        return FALSE;
      part[a] = ijk[a] - base;
      corner += (gsize) base * stride[a];
    }
  slope[0] = 0;
  for (guint k = 0; k < 2; k++)
    for (guint j = 0; j < 2; j++)
      {
        const float *row = corner + j * stride[1] + k * stride[2];
        double       rise = (double) row[1] - row[0];

        c[k][j] = row[0] + part[0] * rise;
        slope[0] += (k ? part[2] : 1 - part[2]) * (j ? part[1] : 1 - part[1]) * rise;
      }
  for (guint k = 0; k < 2; k++)
    d[k] = c[k][0] + part[1] * (c[k][1] - c[k][0]);
  slope[1] = (1 - part[2]) * (c[0][1] - c[0][0]) + part[2] * (c[1][1] - c[1][0]);
  slope[2] = d[1] - d[0];
  *value = d[0] + part[2] * slope[2];
  return TRUE;
}

/* Slopes along cells to slopes along mm. */
static void
slope_in_mm (const SagRegisterScan *scan, const double slope[3], double mm[3])
{
  for (guint b = 0; b < 3; b++)
    mm[b] = slope[0] * scan->ras_to_ijk[0][b] + slope[1] * scan->ras_to_ijk[1][b] +
            slope[2] * scan->ras_to_ijk[2][b];
}

/* How a point's difference grows with the six numbers of a step. */
static void
find_row (const Fit *fit, const SagRegisterPoint *point, const double slope[3], double row[6])
{
  double from[3];

  slope_in_mm (fit->prior, slope, row + 3);
  for (guint a = 0; a < 3; a++)
    {
      from[a] = 0;
      for (guint b = 0; b < 3; b++)
        from[a] += fit->rigid.turn[a][b] * (point->ras_mm[b] - fit->rigid.centre[b]);
    }
  for (guint a = 0; a < 3; a++)
    {
      guint b = (a + 1) % 3, c = (a + 2) % 3;

      row[a] = from[b] * row[3 + c] - from[c] * row[3 + b];
    }
}

static void
add_point (const Fit *fit, const SagRegisterPoint *point, Sums *sums)
{
  double ijk[3], value, slope[3], row[6], difference, rest, weight = point->weight;

  sums->weight += weight;
  sag_geometry_apply (fit->to_ijk, point->ras_mm, ijk);
  if (!sample (fit->prior, fit->level, ijk, &value, slope))
    {
      sums->cost += OUTSIDE_COST * weight;
      return;
    }
  difference = value - fit->current->values[fit->level][point->cell];
  rest = difference / tolerances[fit->level];
  rest = 1 - rest * rest;
  if (rest <= 0)
    {
      sums->cost += weight;
      return;
    }
  sums->cost += weight * (1 - rest * rest * rest);
  weight *= rest * rest;
  find_row (fit, point, slope, row);
  for (guint i = 0; i < 6; i++)
    {
      sums->gradient[i] += weight * row[i] * difference;
      for (guint j = i; j < 6; j++)
        sums->hessian[i][j] += weight * row[i] * row[j];
    }
}

static void
add_chunk (gsize item, guint worker, gpointer data)
{
  const Fit *fit = data;
  Sums      *sums = &fit->sums[item];
  gsize      end = MIN ((item + 1) * CHUNK, fit->n);

  memset (sums, 0, sizeof *sums);
  for (gsize p = item * CHUNK; p < end; p++)
    add_point (fit, &g_array_index (fit->points, SagRegisterPoint, p * fit->step), sums);
}

static Sums
measure (Fit *fit)
{
  gsize  n_chunks = (fit->n + CHUNK - 1) / CHUNK;
  double matrix[3][4];
  Sums   total = { 0 };

  sag_rigid_to_matrix (&fit->rigid, matrix);
  sag_geometry_compose (fit->prior->ras_to_ijk, matrix, fit->to_ijk);
  sag_pool_run (sag_pool_get_default (), n_chunks, add_chunk, fit);
  for (gsize c = 0; c < n_chunks; c++)
    {
      total.cost += fit->sums[c].cost;
      total.weight += fit->sums[c].weight;
      for (guint i = 0; i < 6; i++)
        {
          total.gradient[i] += fit->sums[c].gradient[i];
          for (guint j = i; j < 6; j++)
            total.hessian[i][j] += fit->sums[c].hessian[i][j];
        }
    }
  total.cost /= MAX (total.weight, 1);
  return total;
}

/* FALSE where there is nothing to go by. */
static gboolean
find_step (const Sums *sums, double damping, double step[6])
{
  double damped[6][6], down[6];

  memcpy (damped, sums->hessian, sizeof damped);
  for (guint i = 0; i < 6; i++)
    {
      damped[i][i] *= 1 + damping;
      down[i] = -sums->gradient[i];
    }
  return sag_rigid_solve (damped, down, step);
}

static gboolean
is_small (const double step[6])
{
  for (guint i = 0; i < 6; i++)
    if (fabs (step[i]) > (i < 3 ? ENOUGH_RADIANS : ENOUGH_MM))
      return FALSE;
  return TRUE;
}

double
sag_register_fit (const SagRegisterScan *current,
                  const SagRegisterScan *prior,
                  const GArray          *points,
                  guint                  level,
                  guint                  n_points,
                  guint                  n_steps,
                  SagRigid              *rigid,
                  GCancellable          *cancellable)
{
  Fit              fit = { .current = current, .prior = prior, .points = points, .level = level };
  g_autofree Sums *sums = NULL;
  double           damping = 0.01, step[6];
  Sums             here;

  if (points->len == 0)
    return 1;
  fit.step = MAX (points->len / n_points, 1);
  fit.n = (points->len - 1) / fit.step + 1;
  fit.sums = sums = g_new (Sums, (fit.n + CHUNK - 1) / CHUNK);
  fit.rigid = *rigid;
  here = measure (&fit);
  for (guint s = 0; s < n_steps && damping < 1e6; s++)
    {
      Sums there;

      if (g_cancellable_is_cancelled (cancellable) || !find_step (&here, damping, step))
        break;
      fit.rigid = sag_rigid_step (rigid, step);
      there = measure (&fit);
      if (there.cost >= here.cost)
        {
          damping *= 10;
          continue;
        }
      *rigid = fit.rigid;
      here = there;
      damping = MAX (damping / 10, 1e-6);
      if (is_small (step))
        break;
    }
  return here.cost;
}

/* An edge is where the value changes by this from one mm to the next. */
#define EDGE_HU_PER_MM 25
#define FURTHEST_MM 10
#define FEWEST_POINTS 200

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

gboolean
sag_register_judge (const SagRegisterScan *current,
                    const SagRegisterScan *prior,
                    const GArray          *points,
                    const SagRigid        *rigid,
                    SagRegistration       *registration)
{
  guint  level = SAG_REGISTER_N_LEVELS - 2;
  double sum[2] = { 0 }, square[2] = { 0 }, product = 0, matrix[3][4], to_ijk[3][4], n = 0, spread;
  gsize  n_bones = 0;
  g_autoptr (GArray) misfits = g_array_new (FALSE, FALSE, sizeof (double));

  sag_rigid_to_matrix (rigid, matrix);
  sag_geometry_compose (prior->ras_to_ijk, matrix, to_ijk);
  for (guint p = 0; p < points->len; p++)
    {
      const SagRegisterPoint *point = &g_array_index (points, SagRegisterPoint, p);
      double ijk[3], slope[3], mm[3], theirs, ours = current->values[level][point->cell], edge;

      if (!(point->kind & SAG_REGISTER_BONE))
        continue;
      n_bones++;
      sag_geometry_apply (to_ijk, point->ras_mm, ijk);
      if (!sample (prior, level, ijk, &theirs, slope))
        continue;
      n++;
      sum[0] += ours;
      sum[1] += theirs;
      square[0] += ours * ours;
      square[1] += theirs * theirs;
      product += ours * theirs;
      slope_in_mm (prior, slope, mm);
      edge = sqrt (mm[0] * mm[0] + mm[1] * mm[1] + mm[2] * mm[2]);
      if (edge < EDGE_HU_PER_MM)
        continue;
      edge = MIN (fabs (theirs - ours) / edge, FURTHEST_MM);
      g_array_append_val (misfits, edge);
    }
  if (n < FEWEST_POINTS || misfits->len < FEWEST_POINTS)
    return FALSE;
  g_array_sort (misfits, compare_doubles);
  registration->misfit_mm = g_array_index (misfits, double, misfits->len / 2);
  registration->overlap = n / (double) n_bones;
  spread = (square[0] - sum[0] * sum[0] / n) * (square[1] - sum[1] * sum[1] / n);
  registration->correlation = spread > 0 ? (product - sum[0] * sum[1] / n) / sqrt (spread) : 0;
  return TRUE;
}

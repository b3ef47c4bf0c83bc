/* SPDX-License-Identifier: Apache-2.0 */

/* The two losses of a sample.
 *
 *   BCE (z, t) = max (z, 0) - z t + log (1 + exp (-|z|))
 *   focal = a_t BCE (1 - p_t)^2,  p_t = p t + (1 - p) (1 - t),  a_t = 0.25 t + 0.75 (1 - t),  p = sigmoid (z)
 *   d focal / dz = a_t ((p - t) (1 - p_t)^2 - 2 BCE (1 - p_t) (2 t - 1) p (1 - p))
 */

#include "model/cpu/train/loss.h"

#include <math.h>

#define ALPHA 0.25

/* No mask weighs more than one that covers a cell in so many. */
#define MOST_SCALE 64.0

static double
cross_entropy (double z, double t)
{
  return MAX (z, 0) - z * t + log1p (exp (-fabs (z)));
}

double
sag_cpu_class_loss (float logit, float label, float *d_logit)
{
  if (d_logit != NULL)
    *d_logit = (float) (1 / (1 + exp (-(double) logit)) - label);
  return cross_entropy (logit, label);
}

double
sag_cpu_cell_loss (const float *logits, const float *targets, gsize n, float *d_logits)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      double t = targets[i], p = 1 / (1 + exp (-(double) logits[i]));
      double entropy = cross_entropy (logits[i], t);
      double miss = 1 - (p * t + (1 - p) * (1 - t));
      double weight = ALPHA * t + (1 - ALPHA) * (1 - t);

      sum += weight * entropy * miss * miss;
      if (d_logits == NULL)
        continue;
      d_logits[i] =
        (float) (weight * ((p - t) * miss * miss - 2 * entropy * miss * (2 * t - 1) * p * (1 - p)) /
                 n);
    }
  return sum / n;
}

double
sag_cpu_cells_scale (const float *targets, gsize n)
{
  double covered = 0;

  for (gsize i = 0; i < n; i++)
    covered += targets[i];
  return n / MAX (covered, n / MOST_SCALE);
}

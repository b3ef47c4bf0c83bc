/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/agreement.h"

#include <math.h>
#include <string.h>

static double
ratio (double a, double b)
{
  return b > 0 ? a / b : NAN;
}

void
sag_kappa_compute (SagKappa *kappa)
{
  const double a = kappa->both, b = kappa->first, c = kappa->second, d = kappa->neither;
  const double n = a + b + c + d;

  kappa->observed = ratio (a + d, n);
  kappa->expected = ratio ((a + b) * (a + c) + (c + d) * (b + d), n * n);
  kappa->kappa = n > 0 && kappa->expected < 1
                   ? (kappa->observed - kappa->expected) / (1 - kappa->expected)
                   : NAN;
  kappa->positive = ratio (2 * a, 2 * a + b + c);
  kappa->negative = ratio (2 * d, 2 * d + b + c);
  kappa->prevalence = ratio (2 * a + b + c, 2 * n);
  kappa->prevalence_index = ratio (a - d, n);
  kappa->bias_index = ratio (b - c, n);
}

double
sag_krippendorff_alpha (const guint8 *values, gsize n_units, gsize n_readers)
{
  double totals[255] = { 0 }, disagreement = 0, n = 0, chance = 0;

  for (gsize u = 0; u < n_units; u++, values += n_readers)
    {
      guint counts[256] = { 0 }, m = 0;
      guint equal = 0;

      for (gsize r = 0; r < n_readers; r++)
        {
          counts[values[r]]++;
          m += values[r] != SAG_ALPHA_MISSING;
        }
      if (m < 2)
        continue;
      for (int c = 0; c < 255; c++)
        {
          totals[c] += counts[c];
          equal += counts[c] > 0 ? counts[c] * (counts[c] - 1) : 0;
        }
      disagreement += (double) (m * (m - 1) - equal) / (m - 1);
      n += m;
    }
  for (int c = 0; c < 255; c++)
    chance += totals[c] * (n - totals[c]);
  return chance > 0 ? 1 - (n - 1) * disagreement / chance : NAN;
}

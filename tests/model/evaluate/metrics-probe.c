/* SPDX-License-Identifier: Apache-2.0 */
/* Reads "seed rounds patients", then rows "score other positive patient"; prints every figure, a line each. */
#include "model/evaluate/bootstrap.h"

#include <stdio.h>

#define MOST 100000

static void
print_auroc (const char *name, const SagAuroc *auroc)
{
  printf ("%s %.17g %.17g %.17g %.17g\n", name, auroc->auroc, auroc->variance, auroc->interval.low,
          auroc->interval.high);
}

int
main (void)
{
  static double  first[MOST], second[MOST];
  static guint8  positive[MOST];
  static guint32 patients[MOST];
  static gsize   both[] = { 0, 1 };
  gsize          n = 0;
  guint          rounds, n_patients;
  guint64        seed;

  if (scanf ("%" G_GUINT64_FORMAT " %u %u", &seed, &rounds, &n_patients) != 3)
    return 1;
  while (n < MOST &&
         scanf ("%lf %lf %hhu %u", &first[n], &second[n], &positive[n], &patients[n]) == 4)
    n++;

  SagAurocPair     pair = sag_metrics_compare (first, second, positive, n);
  SagPoint         point = sag_metrics_point (first, positive, n, 0.5);
  SagBootstrapTask tasks[] = { { n, first, second, positive, patients },
                               { n / 2, first, second, positive, patients } };
  g_autoptr (SagBootstrap) bootstrap =
    sag_bootstrap_new (tasks, 2, n_patients, rounds, seed, NULL, NULL);

  print_auroc ("first", &pair.first);
  print_auroc ("second", &pair.second);
  printf ("plain %.17g %.17g\n", sag_metrics_auroc (first, positive, n),
          sag_metrics_auroc (second, positive, n));
  printf ("pair %.17g %.17g %.17g %.17g %.17g %.17g\n", pair.covariance, pair.difference,
          pair.interval.low, pair.interval.high, pair.z, pair.p);
  printf ("aupr %.17g %.17g\n", sag_metrics_aupr (first, positive, n),
          sag_metrics_aupr (second, positive, n));
  printf ("point %.17g %.17g %.17g %.17g\n", point.sensitivity, point.specificity,
          point.sensitivity_interval.low, point.specificity_interval.high);
  for (int figure = 0; figure < 2; figure++)
    for (int of = 0; of < 3; of++)
      {
        SagInterval interval = sag_bootstrap_interval (bootstrap, figure, of, both, 2);

        printf ("boot-%d-%d %.17g %.17g\n", figure, of, interval.low, interval.high);
      }
  return 0;
}

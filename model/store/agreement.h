/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * How well readers agree. Kappa alone misleads where findings are rare or common (Feinstein and Cicchetti, "High
 * agreement but low kappa", 1990), so that prevalence, bias and both proportions of specific agreement stand with it.
 */

/**
 * SagKappa: two readers, present or absent.
 * @both, @first, @second, @neither: cases that both, only the first, only the second, none calls present
 * @observed, @expected: agreement as it is, and by chance
 * @kappa: (observed - expected) / (1 - expected); NaN if expected is 1 or there is no case
 * @positive: 2 both / (2 both + first + second); @negative likewise; NaN where nobody says so
 * @prevalence: share of present among all ratings
 * @prevalence_index: (both - neither) / n; @bias_index: (first - second) / n
 */
typedef struct
{
  guint  both;
  guint  first;
  guint  second;
  guint  neither;
  double observed;
  double expected;
  double kappa;
  double positive;
  double negative;
  double prevalence;
  double prevalence_index;
  double bias_index;
} SagKappa;

/** sag_kappa_compute: fills in all but the four counts. */
void sag_kappa_compute (SagKappa *kappa);

/**
 * sag_krippendorff_alpha: nominal alpha of any number of readers, with gaps (Krippendorff, "Computing
 * Krippendorff's Alpha-Reliability", 2011, sections C and D).
 * @values: (n_units, n_readers): categories 0..254, or SAG_ALPHA_MISSING
 * Returns: NaN if no unit has two values, or if there is only one category
 */
double sag_krippendorff_alpha (const guint8 *values, gsize n_units, gsize n_readers);
#define SAG_ALPHA_MISSING 255

G_END_DECLS

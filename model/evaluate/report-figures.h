/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/json-reader.h"

G_BEGIN_DECLS

/* Figures of a report that was written, checked; private to report-file.c. */

/**
 * SagReportFigure: a member of an object, and where in a struct it goes.
 * @least, @most: what it can be; else the file is damaged
 * @n: 1, or 2 of an interval
 */
typedef struct
{
  const char *key;
  gsize       offset;
  double      least;
  double      most;
  guint       n;
} SagReportFigure;

/** sag_report_figures_fail: FALSE, with SAG_ERROR_FORMAT. */
gboolean sag_report_figures_fail (GError **error, const char *sentence);

/**
 * sag_report_figures_read: NaN is what the report does not know: null, or not there.
 * @base: the struct
 * Errors: SAG_ERROR_FORMAT: no number, or one that cannot be
 */
gboolean sag_report_figures_read (
  JsonObject *object, const SagReportFigure *figures, gsize n, gpointer base, GError **error);

/** sag_report_figures_count: a whole number that is not negative. Errors: SAG_ERROR_FORMAT */
gboolean
sag_report_figures_count (JsonObject *object, const char *key, gsize *count, GError **error);

/** sag_report_figures_numbers: @n finite numbers; NaN in all of @values if that is not what @node (nullable) holds. */
void sag_report_figures_numbers (JsonNode *node, double *values, guint n);

/** sag_report_figures_dup_strings: (transfer full): those of an array; none if there is no array. */
char **sag_report_figures_dup_strings (JsonObject *object, const char *key);

G_END_DECLS

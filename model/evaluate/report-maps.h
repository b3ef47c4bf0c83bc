/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The part of a report that is about maps. For model/evaluate/report.c and report-file.c alone. */

#include "model/evaluate/report.h"

G_BEGIN_DECLS

/** sag_report_maps_fill: n_masks, n_outside, median_ml, large and the maps of every model, from the task's rows. */
void sag_report_maps_fill (SagReportTask       *task,
                           const SagEvaluation *evaluation,
                           const GArray        *rows,
                           gsize                n_models);

/** sag_report_maps_clear: figures of a model that draws none. */
void sag_report_maps_clear (SagReportMaps *maps);

/**
 * sag_report_maps_average: means over the "Segment" texts among @which (element-type gsize); counts are sums.
 * Returns: how many of them have something to find
 */
gsize sag_report_maps_average (const SagReportTask *tasks,
                               const GArray        *which,
                               gsize                model,
                               SagReportMaps       *maps);

G_END_DECLS

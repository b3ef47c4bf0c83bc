/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/metrics.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagBootstrapTask: the cases of one task.
 * @scores, @positive: (n) as in model/evaluate/metrics.h
 * @other_scores: (n) (nullable): of a second model
 * @patients: (n) whose case it is, 0 .. n_patients - 1
 */
typedef struct
{
  gsize          n;
  const double  *scores;
  const double  *other_scores;
  const guint8  *positive;
  const guint32 *patients;
} SagBootstrapTask;

typedef enum
{
  SAG_BOOTSTRAP_AUROC,
  SAG_BOOTSTRAP_AUPR,
} SagBootstrapFigure;

/** SagBootstrapOf: whose figure. SAG_BOOTSTRAP_DIFFERENCE: the second model's minus the first one's. */
typedef enum
{
  SAG_BOOTSTRAP_FIRST,
  SAG_BOOTSTRAP_SECOND,
  SAG_BOOTSTRAP_DIFFERENCE,
} SagBootstrapOf;

/**
 * SagBootstrap: figures of many draws. Patients are drawn with replacement, all their cases of all tasks with them, so
 * that several scans of a person and several tasks of a scan count as what they are. Immutable.
 */
typedef struct _SagBootstrap SagBootstrap;

/**
 * sag_bootstrap_new: draws @n_rounds times, on all cores; the same for a seed on any number of them.
 * Error: G_IO_ERROR_CANCELLED
 */
SagBootstrap *sag_bootstrap_new (const SagBootstrapTask *tasks,
                                 gsize                   n_tasks,
                                 guint                   n_patients,
                                 guint                   n_rounds,
                                 guint64                 seed,
                                 GCancellable           *cancellable,
                                 GError                **error);
void          sag_bootstrap_free (SagBootstrap *bootstrap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagBootstrap, sag_bootstrap_free)

/**
 * sag_bootstrap_interval: from the 2.5th to the 97.5th percentile of the mean over some tasks.
 * @tasks: (array length=n_tasks): their numbers; one for a task alone
 *
 * In a draw where a task has one kind of case only it does not count; a draw where none counts is left out. NaN with
 * fewer than half of the draws left.
 */
SagInterval sag_bootstrap_interval (const SagBootstrap *bootstrap,
                                    SagBootstrapFigure  figure,
                                    SagBootstrapOf      of,
                                    const gsize        *tasks,
                                    gsize               n_tasks);

G_END_DECLS

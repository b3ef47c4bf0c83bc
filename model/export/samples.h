/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/export/export.h"

G_BEGIN_DECLS

/**
 * SagExportSample: one row of a training table.
 * @label: NAN if there is none
 * @mask: (nullable): what was decided on; else what one reader painted for the task, all masks together
 * @split: "train", "val", "test"
 * @patient: never NULL
 */
typedef struct
{
  const SagCaseRow    *one;
  const SagTaskRow    *task;
  const SagStoredMask *mask;
  double               label;
  gboolean             seen;
  const char          *split;
  const char          *patient;
} SagExportSample;

/** SagExportSampleFunc: one sample; the mask lives only as long as the call. */
typedef gboolean (*SagExportSampleFunc) (const SagExportSample *sample,
                                         gpointer               user_data,
                                         GError               **error);

/** sag_export_samples: every sample that the options let through; the others are counted and noted. */
gboolean sag_export_samples (SagProject               *project,
                             const SagTrainingOptions *options,
                             SagExportSampleFunc       func,
                             gpointer                  user_data,
                             SagExported              *exported,
                             GCancellable             *cancellable,
                             GError                  **error);

G_END_DECLS

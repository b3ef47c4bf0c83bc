/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/export/export.h"
#include "model/store/agreement.h"

G_BEGIN_DECLS

/*
 * How the readers of a project agree, and where they do not. Only readings count: masks that somebody decided on are
 * none. For agreement only present and absent count; any two different labels are a difference.
 */

/** SagReadingPair: two readers, by their places, who both labelled a task; @kappa may have no case. */
typedef struct
{
  guint    first;
  guint    second;
  SagKappa kappa;
} SagReadingPair;

/**
 * SagTaskReadings: how a task was read.
 * @n_cases: that two or more readers labelled
 * @n_differ: of those, where they differ
 * @alpha: Krippendorff's, of all readers; NaN where nothing can be said
 * @pairs: (element-type SagReadingPair): of all readers
 */
typedef struct
{
  const SagTaskRow *task;
  guint             n_cases;
  guint             n_differ;
  double            alpha;
  GArray           *pairs;
} SagTaskReadings;

/** SagMaskReading: one of a case and a task. @reader: its place */
typedef struct
{
  guint reader;
  char *mask; /* UUID */
  char *name;
} SagMaskReading;

/** SagMaskPair: how well what two readers (by their places) painted overlaps; of each all masks together. */
typedef struct
{
  guint  first;
  guint  second;
  double dice; /* NaN: both are empty */
} SagMaskPair;

/**
 * SagDifference: a case and a task on which readers differ: in labels, or (@masks) in masks.
 * @values: (nullable): of labels: one SagLabelValue for each reader
 * @masks: (nullable) (element-type SagMaskReading): by reader
 * @pairs: (nullable) (element-type SagMaskPair): of the readers who painted
 */
typedef struct
{
  const SagCaseRow *one;
  const SagTaskRow *task;
  guint8           *values;
  GArray           *masks;
  GArray           *pairs;
} SagDifference;

/** sag_difference_get_dice: the least of all pairs. */
double sag_difference_get_dice (const SagDifference *difference);

/**
 * SagReadings: one owner.
 * @readers: (array length=n_readers): who labelled or painted anything, sorted
 * @tasks: (element-type SagTaskReadings): in the project's order
 * @differences: (element-type SagDifference): labels first; by case and task
 */
typedef struct
{
  SagProject *project;
  char      **readers;
  guint       n_readers;
  GPtrArray  *tasks;
  GPtrArray  *differences;
} SagReadings;

/**
 * sag_readings_load: waits; masks of cases that several readers painted are read one case after the other.
 * @store: must outlive it
 */
SagReadings *sag_readings_load (SagStore *store, GCancellable *cancellable, GError **error);
void         sag_readings_free (SagReadings *readings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagReadings, sag_readings_free)

G_END_DECLS

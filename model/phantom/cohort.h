/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/phantom.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Cohorts: many phantoms with findings drawn at random, and the tasks that they answer, as files to train on.
 */

/** SAG_COHORT_VERSION: of what a seed means. Phantoms of another version are made again. */
#define SAG_COHORT_VERSION 4

/**
 * sag_cohort_draw: the options of a cohort's member: an anatomical phantom, most often with several findings, each in a
 * quarter to two fifths of all seeds, sides drawn one by one; contrast medium, orientation and the rest too. Spacing
 * is left at 0.
 */
void sag_cohort_draw (guint64 seed, SagPhantomOptions *options);

/**
 * SagCohortTask: something that each member of a cohort has an answer to.
 * @text: the canonical sentence, as in data/tasks/catalogue.json where it has it
 * @subject, @alias: (nullable alias): the finding or organ, in words
 * @place: (nullable): " around the lungs"
 * @findings: any of them makes a diagnosis true; 0 for a segmentation
 * @values: (array length=n_values): of the mask, for a segmentation
 * @in_findings: the mask is the map of findings, not that of organs
 */
typedef struct
{
  const char *text;
  const char *subject;
  const char *alias;
  const char *place;
  guint       findings;
  guint8      values[24];
  guint       n_values;
  gboolean    in_findings;
} SagCohortTask;

const SagCohortTask *sag_cohort_get_tasks (guint *n_tasks);

/** SagWording: which sentences: those to train on, or others made of the same words. */
typedef enum
{
  SAG_WORDING_TRAINED,
  SAG_WORDING_HELD_OUT,
} SagWording;

/** sag_cohort_dup_wording: the task in other words, chosen by @choice. None of one kind is ever one of the other. */
char *sag_cohort_dup_wording (const SagCohortTask *task, SagWording kind, guint64 choice);

/**
 * SagCohort: an order for files.
 * @n: how many members, seeds counting up from @seed
 * @spacing_mm: 0 means 3
 * @share: of training, validation and test; must sum to 1
 */
typedef struct
{
  guint       n;
  guint64     seed;
  double      spacing_mm[3];
  double      share[3];
  const char *folder;
} SagCohort;

/** SagCohortFunc: @n_done of the cohort's members exist. Called from any thread, one call at a time. */
typedef void (*SagCohortFunc) (guint n_done, gpointer user_data);

/**
 * sag_cohort_write: @folder, made if needed, gets for each member NAME.nii.gz, NAME_labels.nii.gz (organs),
 * NAME_findings.nii.gz and NAME.json; then manifest.csv (columns as in model/dataset/manifest.h, one row for each
 * member and task, with a label or a mask; a diagnosis that would show has one of each) and test-wordings.csv (the test
 * members again, in sentences that manifest.csv has not). In training rows every second sentence is a paraphrase.
 *
 * Members that are there already, of the same version and spacing, are kept: a run that was stopped goes on where it
 * was, and a larger cohort keeps the smaller one's members and splits.
 *
 * Errors: SAG_ERROR_ARGUMENT, SAG_ERROR_LIMIT (spacing), G_FILE_ERROR, G_IO_ERROR_CANCELLED
 */
gboolean sag_cohort_write (const SagCohort *cohort,
                           SagCohortFunc    progress,
                           gpointer         user_data,
                           GCancellable    *cancellable,
                           GError         **error);

G_END_DECLS

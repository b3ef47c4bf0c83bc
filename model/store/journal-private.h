/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/masks.h"

G_BEGIN_DECLS

/* What a set of masks has written to its project (journal.c), and the rows that this means (journal-rows.c). */

/** SagFate: whether the masks of a job came to stand in the project. */
typedef struct
{
  gatomicrefcount ref_count;
  gboolean        written; /* of the store's thread */
} SagFate;

SagFate *sag_fate_new (gboolean written);
SagFate *sag_fate_ref (SagFate *fate);
void     sag_fate_unref (SagFate *fate);

/** SagJournalStep: @step: (nullable): only the project has it. */
typedef struct
{
  gint64       number;
  gboolean     undone;
  SagMaskStep *step;
} SagJournalStep;

/** SagJournalJob: the masks of a case as they were at that moment, and what led to them. */
typedef struct
{
  gint64     case_id;
  char      *reader; /* whose; NULL: who works when it is written */
  GPtrArray *infos;
  GPtrArray *masks;
  SagFate   *fate;

  /* One step: */
  SagFate     *before; /* the job of the masks that it was done to */
  SagMaskEvent event;
  gint64       number;
  gint64       forgotten;
  SagMaskStep *step;

  /* All of them: */
  GArray  *steps;
  gboolean alone; /* other masks that the reader has of the case go */
} SagJournalJob;

SagJournalJob *sag_journal_job_new (gint64 case_id, const char *reader, SagMaskSet *set);
void           sag_journal_job_free (gpointer job);
/** sag_journal_job_add_steps: all that can be undone and redone. */
void sag_journal_job_add_steps (SagJournalJob *job, SagMaskSet *set);

/* On the store's thread; data: a SagJournalJob. */

/** sag_journal_write_step: what differs; all masks if those before never came to stand in the project. */
gboolean sag_journal_write_step (SagDb *db, gpointer job, GError **error);
/** sag_journal_write_all: masks and steps; the journal that the reader had of the case is forgotten. */
gboolean sag_journal_write_all (SagDb *db, gpointer job, GError **error);

/** SagJournalRead: @reader: (nullable): whose; @bytes: (out): of the step. */
typedef struct
{
  gint64      case_id;
  const char *reader;
  gint64      number;
  GBytes     *bytes;
} SagJournalRead;

/**
 * sag_journal_read_step: on the store's thread; data: a SagJournalRead.
 * Errors: SAG_ERROR_FORMAT: damaged; G_IO_ERROR_NOT_FOUND: no such step
 */
gboolean sag_journal_read_step (SagDb *db, gpointer read, GError **error);

G_END_DECLS

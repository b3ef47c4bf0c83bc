/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/looks.h"
#include "model/evaluate/report.h"

G_BEGIN_DECLS

/*
 * A report that was written (report.json of a run, `evaluate -o`), read again: for whoever shows it, draws its curves
 * or makes a calibration of it. Nothing of it is believed before it was checked.
 */

/**
 * SagReportCase: one answered question.
 * @line: of the table; @id: of the case in the project, 0 if the report is none of a project
 * @task: its number; @patient: a number, too
 * @truth: 1 or 0; -1: nobody knows
 * @scores: of each model, as in SagOutcome
 * @peaks_ras_mm: of each model the centre of the highest cell; NaN where the report does not say
 * @mask_ras_mm: a place in the middle of what is masked; NaN without a mask in the analysed box
 */
typedef struct
{
  guint  line;
  gint64 id;
  gsize  task;
  guint  patient;
  int    truth;
  double scores[SAG_EVALUATE_MOST_MODELS];
  double peaks_ras_mm[SAG_EVALUATE_MOST_MODELS][3];
  double mask_ras_mm[3];
} SagReportCase;

/** SagReportBundle: which model it was. */
typedef struct
{
  char    *name;
  char    *sha256;
  gboolean trained;
  gboolean synthetic;
} SagReportBundle;

/**
 * SagReportFacts: what stands around the figures.
 * @n_folds: of a cross-validation: no answer of the second model is that of the bundle that stays; 0: none
 * @looks: @first_at is not known
 * @threshold: a probability
 * @notes: (NULL-terminated): sentences
 */
typedef struct
{
  gsize    n_models;
  guint    n_folds;
  gsize    n_scans;
  gsize    n_patients;
  gsize    n_synthetic;
  gsize    n_failed;
  SagLooks looks;
  double   threshold;
  char   **notes;
} SagReportFacts;

/** SagReportFile: immutable. */
typedef struct _SagReportFile SagReportFile;

/**
 * sag_report_file_load: reads a report with the members that sag_report_write() and sag_report_write_cases() write.
 *
 * Errors: SAG_ERROR_FORMAT (no report, or damaged), SAG_ERROR_UNSUPPORTED (of another version: without cases, or of a
 * newer program), SAG_ERROR_LIMIT, G_FILE_ERROR
 */
SagReportFile *sag_report_file_load (const char *path, GError **error);
SagReportFile      *
sag_report_file_parse (const char *text, gsize size_bytes, const char *name, GError **error);
void sag_report_file_free (SagReportFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagReportFile, sag_report_file_free)

const SagReportFacts  *sag_report_file_get_facts (const SagReportFile *file);
const SagReportBundle *sag_report_file_get_bundle (const SagReportFile *file, gsize model);

/**
 * sag_report_file_get_task: as it was when it was written, except for what is not read: pair holds difference,
 * interval, p and too_few, point no threshold, laterality is none, and large is FALSE. @changed has numbers of cases of
 * this file.
 */
const SagReportTask *sag_report_file_get_task (const SagReportFile *file, gsize task);
gsize                sag_report_file_get_n_tasks (const SagReportFile *file);

const SagReportCase *sag_report_file_get_case (const SagReportFile *file, gsize index);
gsize                sag_report_file_get_n_cases (const SagReportFile *file);

/** sag_report_file_collect: @cases: out: those behind a task's figures, for curves; clear them. */
void sag_report_file_collect (const SagReportFile *file, gsize task, SagCases *cases);

G_END_DECLS

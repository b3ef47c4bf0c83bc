/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/cli/source.h"
#include "model/evaluate/report.h"

G_BEGIN_DECLS

/**
 * SagCliEvaluation: what `evaluate` found, for its printers.
 * @manifest: name of the file, without its folder
 * @split: "test", or "all"
 * @command: as it was given
 * @n_lanes: scans at a time
 * @source: where @dataset comes from
 * @looks: at these cases, with this one
 */
typedef struct
{
  const char         *manifest;
  const char         *split;
  const char         *command;
  guint               n_lanes;
  SagDataset         *dataset;
  SagLooks            looks;
  const SagCliSource *source;
  SagEvaluation      *evaluation;
  SagReport          *report;
  gsize               n_models;
  SagBundle          *bundles[SAG_EVALUATE_MOST_MODELS];
  SagEngineInfo       infos[SAG_EVALUATE_MOST_MODELS];
} SagCliEvaluation;

/** sag_cli_evaluation_print: tables on the terminal. */
void sag_cli_evaluation_print (const SagCliEvaluation *self);

/** sag_cli_evaluation_dup_notes: (transfer full): sentences of the project and of the report. */
char **sag_cli_evaluation_dup_notes (const SagCliEvaluation *self);

/** sag_cli_evaluation_dup_json: one document. */
char *sag_cli_evaluation_dup_json (const SagCliEvaluation *self);

/** sag_cli_evaluation_dup_card: the figures as Markdown, for a model card. */
char *sag_cli_evaluation_dup_card (const SagCliEvaluation *self);

/** sag_cli_evaluation_dup_html: the report as a page. */
char *sag_cli_evaluation_dup_html (const SagCliEvaluation *self);

/** sag_cli_evaluation_save: @path: (nullable): nothing is done; @text: (transfer full). */
gboolean sag_cli_evaluation_save (const char *path, char *text, GError **error);

/** sag_cli_evaluation_save_plots: NN-TASK-roc.png, .svg, and so on, into a folder. */
gboolean
sag_cli_evaluation_save_plots (const SagCliEvaluation *self, const char *folder, GError **error);

/** sag_cli_evaluation_calibrate: writes the overlay of the last bundle; says on stderr where, and what is refused. */
gboolean sag_cli_evaluation_calibrate (const SagCliEvaluation *self, GError **error);

/** sag_cli_evaluation_dup_csv: a line for every question: truth and numbers. */
char *sag_cli_evaluation_dup_csv (const SagCliEvaluation *self);

/**
 * SagCliForm: questions of one form: "Diagnose the presence of ..."; what they share stands above a table.
 * @prefix, @suffix: what is taken off
 */
typedef struct
{
  const char *heading;
  const char *prefix;
  const char *suffix;
} SagCliForm;

/** sag_cli_form_of: which of the forms a text has; the last one, without a prefix, fits all. */
const SagCliForm *sag_cli_form_of (const char *text);

#define SAG_CLI_N_FORMS 4
extern const SagCliForm sag_cli_forms[SAG_CLI_N_FORMS];

/** sag_cli_form_dup_rest: the text without what the form says. */
char *sag_cli_form_dup_rest (const SagCliForm *form, const char *text);

/** sag_cli_auroc_interval: DeLong's where the cases are independent, else the bootstrap's. */
SagInterval sag_cli_auroc_interval (const SagReportTask *task, gsize model);
/** sag_cli_difference_interval: the same of the difference of two models. */
SagInterval sag_cli_difference_interval (const SagReportTask *task);

/** sag_cli_all_independent: whether all intervals are DeLong's. */
gboolean sag_cli_all_independent (const SagReport *report);

G_END_DECLS

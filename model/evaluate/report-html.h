/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/engine.h"
#include "model/evaluate/looks.h"
#include "model/evaluate/report.h"

G_BEGIN_DECLS

/**
 * SagReportPage: what a report says around its figures.
 * @title: what was evaluated, for the heading
 * @split: "test"
 * @names: (nullable): of the models: "before", "after"; else those of the bundles
 * @bundles, @infos: one for each model
 * @notes: (nullable) (NULL-terminated): sentences that the reader must know
 * @looks: (nullable)
 * @command: (nullable): that makes it again
 * @dup_case: (nullable): what a case is called; else by its line in the table
 */
typedef struct
{
  const char          *title;
  const char          *split;
  const char *const   *names;
  SagBundle *const    *bundles;
  const SagEngineInfo *infos;
  const char *const   *notes;
  const SagLooks      *looks;
  const char          *command;
  char *(*dup_case) (const SagSample *sample, gpointer data);
  gpointer data;
} SagReportPage;

/**
 * sag_report_dup_html: the report as a page in one file, pictures in it, without scripts and without anything from
 * elsewhere, for screen, dark screen and paper. In English.
 */
char *sag_report_dup_html (const SagReport *report, const SagReportPage *page);

G_END_DECLS

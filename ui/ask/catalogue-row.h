/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/answer.h"
#include "model/text/catalogue.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** SagUiCatalogueRow: one known task and its answer, if it has been asked. Signal "changed". */
#define SAG_UI_TYPE_CATALOGUE_ROW (sag_ui_catalogue_row_get_type ())
G_DECLARE_FINAL_TYPE (SagUiCatalogueRow, sag_ui_catalogue_row, SAG_UI, CATALOGUE_ROW, GObject)

/** sag_ui_catalogue_row_new: @task lives as long as the program's catalogue. */
SagUiCatalogueRow *sag_ui_catalogue_row_new (const SagTask *task);

const SagTask *sag_ui_catalogue_row_get_task (SagUiCatalogueRow *self);

/** sag_ui_catalogue_row_get_answer: (nullable): NULL as long as it must not be shown. */
SagAnswer *sag_ui_catalogue_row_get_answer (SagUiCatalogueRow *self);
/** sag_ui_catalogue_row_set_answer: @answer (nullable). @hidden: the reader comes first. */
void sag_ui_catalogue_row_set_answer (SagUiCatalogueRow *self, SagAnswer *answer, gboolean hidden);
/** sag_ui_catalogue_row_set_hidden: signal "changed" tells the table. */
void     sag_ui_catalogue_row_set_hidden (SagUiCatalogueRow *self, gboolean hidden);
gboolean sag_ui_catalogue_row_is_hidden (SagUiCatalogueRow *self);

/** sag_ui_catalogue_row_get_probability: at @prevalence, if not negative; NaN where there is none. */
double sag_ui_catalogue_row_get_probability (SagUiCatalogueRow *self, double prevalence);
/** sag_ui_catalogue_row_get_score: NaN where there is none. */
double sag_ui_catalogue_row_get_score (SagUiCatalogueRow *self);

/** SagUiCatalogueFilter: what of the table is shown. Zeros: everything but prognostic tasks. */
typedef struct
{
  const char *words;           /* nullable, folded: part of the text or the label */
  guint       dataset;         /* a SagTaskDataset; 0 for all */
  gboolean    trained_only;    /* only tasks whose head was trained on the very text */
  gboolean    with_prognostic; /* also predictions of what becomes of a patient */
} SagUiCatalogueFilter;

/** sag_ui_catalogue_row_fits: @training: of the head that the task is for. */
gboolean sag_ui_catalogue_row_fits (SagUiCatalogueRow          *self,
                                    const SagUiCatalogueFilter *filter,
                                    SagTraining                 training);

/**
 * sag_ui_catalogue_dup_csv, sag_ui_catalogue_dup_json: (transfer full): the rows of @rows (element-type
 * SagUiCatalogueRow) in its order; numbers in the C locale, whatever the person's.
 * @note: (nullable): the bundle's watermark
 */
char *sag_ui_catalogue_dup_csv (GListModel *rows, const char *case_name, const char *note);
char *sag_ui_catalogue_dup_json (GListModel *rows, const char *case_name, const char *note);

G_END_DECLS

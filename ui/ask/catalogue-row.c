/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/catalogue-row.h"

#include "model/core/json-writer.h"
#include "model/core/number.h"
#include "ui/answer/result.h"

#include <math.h>
#include <string.h>

struct _SagUiCatalogueRow
{
  GObject parent;

  const SagTask *task;
  SagAnswer     *answer;
  gboolean       hidden;
};

G_DEFINE_FINAL_TYPE (SagUiCatalogueRow, sag_ui_catalogue_row, G_TYPE_OBJECT)

static guint changed_signal;

SagUiCatalogueRow *
sag_ui_catalogue_row_new (const SagTask *task)
{
  SagUiCatalogueRow *self = g_object_new (SAG_UI_TYPE_CATALOGUE_ROW, NULL);

  self->task = task;
  return self;
}

const SagTask *
sag_ui_catalogue_row_get_task (SagUiCatalogueRow *self)
{
  return self->task;
}

SagAnswer *
sag_ui_catalogue_row_get_answer (SagUiCatalogueRow *self)
{
  return self->hidden ? NULL : self->answer;
}

gboolean
sag_ui_catalogue_row_is_hidden (SagUiCatalogueRow *self)
{
  return self->hidden && self->answer != NULL;
}

void
sag_ui_catalogue_row_set_answer (SagUiCatalogueRow *self, SagAnswer *answer, gboolean hidden)
{
  SagAnswer *old = self->answer;

  self->answer = answer != NULL ? sag_answer_ref (answer) : NULL;
  self->hidden = hidden;
  g_clear_pointer (&old, sag_answer_unref);
  g_signal_emit (self, changed_signal, 0);
}

void
sag_ui_catalogue_row_set_hidden (SagUiCatalogueRow *self, gboolean hidden)
{
  self->hidden = hidden;
  g_signal_emit (self, changed_signal, 0);
}

double
sag_ui_catalogue_row_get_probability (SagUiCatalogueRow *self, double prevalence)
{
  const SagAnswer *answer = sag_ui_catalogue_row_get_answer (self);

  if (answer == NULL || !answer->has_class)
    return NAN;
  return prevalence >= 0 ? sag_ui_result_probability_at (answer->probability, prevalence)
                         : answer->probability;
}

double
sag_ui_catalogue_row_get_score (SagUiCatalogueRow *self)
{
  const SagAnswer *answer = sag_ui_catalogue_row_get_answer (self);

  return answer != NULL ? answer->peak_score : NAN;
}

static gboolean
holds (const char *text, const char *folded)
{
  g_autofree char *mine = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  return mine != NULL && strstr (mine, folded) != NULL;
}

gboolean
sag_ui_catalogue_row_fits (SagUiCatalogueRow          *self,
                           const SagUiCatalogueFilter *filter,
                           SagTraining                 training)
{
  if (self->task->prognostic && !filter->with_prognostic)
    return FALSE;
  if (filter->dataset != 0 && (self->task->datasets & filter->dataset) == 0)
    return FALSE;
  if (filter->trained_only && training != SAG_TRAINING_TRAINED)
    return FALSE;
  return filter->words == NULL || *filter->words == '\0' ||
         holds (self->task->text, filter->words) || holds (self->task->label, filter->words);
}

/* Files */

static void
append_field (GString *csv, const char *text)
{
  g_string_append_c (csv, '"');
  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, *at);
    }
  g_string_append (csv, "\",");
}

static void
append_number (GString *csv, double value)
{
  char buffer[SAG_NUMBER_BUFFER];

  if (isfinite (value))
    g_string_append (csv, sag_number_format_float ((float) value, buffer));
  g_string_append_c (csv, ',');
}

static void
append_row (GString *csv, SagUiCatalogueRow *row, const char *case_name, const char *note)
{
  const SagAnswer *answer = sag_ui_catalogue_row_get_answer (row);

  append_field (csv, case_name);
  append_field (csv, row->task->text);
  append_field (csv, row->task->label);
  append_number (csv, answer != NULL && answer->has_class ? answer->logit : NAN);
  append_number (csv, sag_ui_catalogue_row_get_probability (row, -1));
  append_number (csv, sag_ui_catalogue_row_get_score (row));
  append_field (csv, answer != NULL ? sag_training_to_string (answer->class_head) : "");
  append_field (csv, answer != NULL ? sag_training_to_string (answer->patch_head) : "");
  append_field (csv, answer != NULL ? answer->provenance->bundle_sha256 : "");
  append_field (csv, answer != NULL ? answer->provenance->engine : "");
  append_field (csv, note != NULL ? note : "");
  g_string_append (csv, "\"Research use, not a medical device\"\r\n");
}

char *
sag_ui_catalogue_dup_csv (GListModel *rows, const char *case_name, const char *note)
{
  GString *csv = g_string_new ("case,task,label,logit,probability,score,class_head,patch_head,"
                               "bundle_sha256,engine,model_note,notice\r\n");

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (SagUiCatalogueRow) row = g_list_model_get_item (rows, i);

      append_row (csv, row, case_name, note);
    }
  return g_string_free (csv, FALSE);
}

static void
write_row (SagJsonWriter *writer, SagUiCatalogueRow *row)
{
  const SagAnswer *answer = sag_ui_catalogue_row_get_answer (row);

  sag_json_begin_object (writer, NULL);
  if (answer != NULL)
    sag_answer_write (answer, NULL, writer);
  else
    {
      sag_json_string (writer, "task", row->task->text);
      sag_json_boolean (writer, "hidden", row->hidden);
    }
  sag_json_end_object (writer);
}

static void
write_provenance (SagJsonWriter *writer, GListModel *rows)
{
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (SagUiCatalogueRow) row = g_list_model_get_item (rows, i);

      if (row->answer == NULL)
        continue;
      sag_json_begin_object (writer, "provenance");
      sag_provenance_write (row->answer->provenance, writer);
      sag_json_end_object (writer);
      return;
    }
}

char *
sag_ui_catalogue_dup_json (GListModel *rows, const char *case_name, const char *note)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "case", case_name);
  sag_json_string (writer, "notice", "Research use, not a medical device");
  sag_json_string (writer, "model_note", note);
  sag_json_begin_array (writer, "results");
  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (SagUiCatalogueRow) row = g_list_model_get_item (rows, i);

      write_row (writer, row);
    }
  sag_json_end_array (writer);
  write_provenance (writer, rows);
  sag_json_end_object (writer);
  return sag_json_writer_finish (writer);
}

static void
sag_ui_catalogue_row_finalize (GObject *object)
{
  g_clear_pointer (&SAG_UI_CATALOGUE_ROW (object)->answer, sag_answer_unref);
  G_OBJECT_CLASS (sag_ui_catalogue_row_parent_class)->finalize (object);
}

static void
sag_ui_catalogue_row_class_init (SagUiCatalogueRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_catalogue_row_finalize;
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_CATALOGUE_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_catalogue_row_init (SagUiCatalogueRow *self)
{
}

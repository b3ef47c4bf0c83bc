/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/case-row.h"

#include "ui/answer/result.h"

#include <glib/gi18n.h>

struct _SagUiCaseRow
{
  GtkListBoxRow parent;

  SagUiCase  *one;
  GtkPicture *thumbnail;
  GtkLabel   *name;
  GtkLabel   *state;
  GtkLabel   *answers;
  GtkWidget  *close;
};

G_DEFINE_FINAL_TYPE (SagUiCaseRow, sag_ui_case_row, GTK_TYPE_LIST_BOX_ROW)

static guint close_signal;

SagUiCase *
sag_ui_case_row_get_case (SagUiCaseRow *self)
{
  return self->one;
}

static char *
dup_state (SagUiCase *one)
{
  char *details;

  if (sag_ui_case_get_state (one) == SAG_UI_CASE_LOADING)
    /* Translators: how much of a scan has been read. */
    return g_strdup_printf (_ ("Reading, %d %%"), (int) (100 * sag_ui_case_get_progress (one)));
  details = sag_ui_case_dup_size (one);
  return details != NULL ? details : g_strdup (_ ("Not read yet"));
}

static char *
dup_answers (SagUiCase *one)
{
  GListModel *results = G_LIST_MODEL (sag_ui_case_get_results (one));
  guint       n = 0;
  guint       n_stale = 0;

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);

      if (sag_ui_result_get_state (result) != SAG_UI_RESULT_READY)
        continue;
      n++;
      n_stale += sag_ui_result_get_stale (result);
    }
  if (n == 0)
    return NULL;
  if (n_stale > 0)
    /* Translators: answers of a case, and how many of them are from before a change. */
    return g_strdup_printf (ngettext ("%u answer, %u outdated", "%u answers, %u outdated", n), n,
                            n_stale);
  return g_strdup_printf (ngettext ("%u answer", "%u answers", n), n);
}

static void
update (SagUiCaseRow *self)
{
  g_autofree char *state = dup_state (self->one);
  g_autofree char *answers = dup_answers (self->one);
  g_autofree char *label = NULL;

  gtk_label_set_text (self->name, sag_ui_case_get_title (self->one));
  gtk_label_set_text (self->state, state);
  gtk_label_set_text (self->answers, answers != NULL ? answers : "");
  gtk_widget_set_visible (GTK_WIDGET (self->answers), answers != NULL);
  /* Translators: for screen readers: a case's name, its state, its answers. */
  label = g_strdup_printf (_ ("%s, %s, %s"), sag_ui_case_get_title (self->one), state,
                           answers != NULL ? answers : _ ("no answers"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
thumbnail_cb (SagUiCaseRow *self)
{
  gtk_picture_set_paintable (self->thumbnail,
                             GDK_PAINTABLE (sag_ui_case_get_thumbnail (self->one)));
}

static void
results_cb (GListModel *results, guint position, guint removed, guint added, SagUiCaseRow *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);

      g_signal_handlers_disconnect_by_func (result, update, self);
      g_signal_connect_object (result, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
}

static void
close_cb (SagUiCaseRow *self)
{
  g_signal_emit (self, close_signal, 0);
}

GtkWidget *
sag_ui_case_row_new (SagUiCase *one)
{
  SagUiCaseRow    *self = g_object_new (SAG_UI_TYPE_CASE_ROW, NULL);
  GListModel      *results = G_LIST_MODEL (sag_ui_case_get_results (one));
  g_autofree char *path = g_file_get_parse_name (sag_ui_case_get_file (one));

  self->one = g_object_ref (one);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), path);
  g_signal_connect_object (one, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (one, "notify::progress", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (one, "notify::thumbnail", G_CALLBACK (thumbnail_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (results, "items-changed", G_CALLBACK (results_cb), self, 0);
  results_cb (results, 0, 0, g_list_model_get_n_items (results), self);
  thumbnail_cb (self);
  return GTK_WIDGET (self);
}

static void
sag_ui_case_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_CASE_ROW);
  g_clear_object (&SAG_UI_CASE_ROW (object)->one);
  G_OBJECT_CLASS (sag_ui_case_row_parent_class)->dispose (object);
}

static void
sag_ui_case_row_class_init (SagUiCaseRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_case_row_dispose;
  close_signal = g_signal_new ("close", SAG_UI_TYPE_CASE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/case-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiCaseRow, thumbnail);
  gtk_widget_class_bind_template_child (widget_class, SagUiCaseRow, name);
  gtk_widget_class_bind_template_child (widget_class, SagUiCaseRow, state);
  gtk_widget_class_bind_template_child (widget_class, SagUiCaseRow, answers);
  gtk_widget_class_bind_template_child (widget_class, SagUiCaseRow, close);
}

static void
sag_ui_case_row_init (SagUiCaseRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->close, "clicked", G_CALLBACK (close_cb), self);
}

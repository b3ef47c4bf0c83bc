/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/templates.h"

#include "ui/ask/suggest.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SagUiTemplates
{
  AdwBin parent;

  SagCatalogue *catalogue; /* the program's own */
  GPtrArray    *findings;  /* of SagTask, as in the list */
  char         *sentence;
  gboolean      updating;

  GtkDropDown *kind;
  GtkDropDown *finding;
  GtkWidget   *organ_label;
  GtkDropDown *organ;
  GtkWidget   *horizon_label;
  GtkDropDown *horizon;
  GtkLabel    *text;
};

G_DEFINE_FINAL_TYPE (SagUiTemplates, sag_ui_templates, ADW_TYPE_BIN)

static guint use_signal;

static const guint horizons[] = { 1, 3, 6, 12, 24, 36, 60 };

const char *
sag_ui_templates_get_text (SagUiTemplates *self)
{
  return self->sentence;
}

static const SagTaskTemplate *
get_template (SagUiTemplates *self)
{
  guint selected = gtk_drop_down_get_selected (self->kind);

  if (self->catalogue == NULL || selected >= sag_catalogue_get_n_templates (self->catalogue))
    return NULL;
  return sag_catalogue_get_template (self->catalogue, selected);
}

static const char *
get_selected (GtkDropDown *list)
{
  GObject *item = gtk_drop_down_get_selected_item (list);

  return item != NULL ? gtk_string_object_get_string (GTK_STRING_OBJECT (item)) : "";
}

static void
update_sentence (SagUiTemplates *self)
{
  const SagTaskTemplate *one = get_template (self);
  guint                  horizon = gtk_drop_down_get_selected (self->horizon);

  if (one == NULL || self->updating)
    return;
  g_free (self->sentence);
  self->sentence =
    sag_task_template_fill (one->text, get_selected (self->finding), get_selected (self->organ),
                            horizons[MIN (horizon, G_N_ELEMENTS (horizons) - 1)]);
  gtk_label_set_text (self->text, self->sentence);
}

static void
select_text (GtkDropDown *list, const char *text)
{
  GListModel *model = gtk_drop_down_get_model (list);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GtkStringObject) item = g_list_model_get_item (model, i);

      if (g_str_equal (gtk_string_object_get_string (item), text))
        gtk_drop_down_set_selected (list, i);
    }
}

/* The catalogue knows where a finding is looked for. */
static void
finding_cb (GtkDropDown *list, GParamSpec *pspec, SagUiTemplates *self)
{
  guint          selected = gtk_drop_down_get_selected (list);
  const SagTask *task;

  if (self->updating || self->findings == NULL || selected >= self->findings->len)
    return;
  task = self->findings->pdata[selected];
  if (task->organ != NULL)
    select_text (self->organ, task->organ);
  update_sentence (self);
}

static void
blank_cb (GtkDropDown *list, GParamSpec *pspec, SagUiTemplates *self)
{
  update_sentence (self);
}

/* Tasks whose preposition is the template's come first: "in the" or "around the". */
static gboolean
fits (const SagTask *task, const SagTaskTemplate *one)
{
  g_autofree char *preposition =
    task->preposition != NULL ? g_strdup_printf (" %s the {organ}", task->preposition) : NULL;

  return preposition == NULL || strstr (one->text, preposition) != NULL;
}

static void
fill_findings (SagUiTemplates *self, const SagTaskTemplate *one)
{
  g_autoptr (GPtrArray) all = sag_ui_suggest_findings (self->catalogue, one->kind);
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  g_clear_pointer (&self->findings, g_ptr_array_unref);
  self->findings = g_ptr_array_new ();
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < all->len; i++)
      {
        g_autofree char *words = sag_ui_suggest_dup_finding (all->pdata[i]);

        if (fits (all->pdata[i], one) != (pass == 0))
          continue;
        g_ptr_array_add (self->findings, all->pdata[i]);
        gtk_string_list_append (list, words);
      }
  gtk_drop_down_set_model (self->finding, G_LIST_MODEL (list));
}

static void
kind_cb (GtkDropDown *list, GParamSpec *pspec, SagUiTemplates *self)
{
  const SagTaskTemplate *one = get_template (self);
  gboolean               organ, horizon;

  if (one == NULL || self->updating)
    return;
  organ = strstr (one->text, "{organ}") != NULL;
  horizon = strstr (one->text, "{horizon}") != NULL;
  self->updating = TRUE;
  fill_findings (self, one);
  self->updating = FALSE;
  gtk_widget_set_visible (self->organ_label, organ);
  gtk_widget_set_visible (GTK_WIDGET (self->organ), organ);
  gtk_widget_set_visible (self->horizon_label, horizon);
  gtk_widget_set_visible (GTK_WIDGET (self->horizon), horizon);
  finding_cb (self->finding, NULL, self);
  update_sentence (self);
}

static void
use_cb (GtkButton *button, SagUiTemplates *self)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_POPOVER);

  if (popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (popover));
  if (self->sentence != NULL)
    g_signal_emit (self, use_signal, 0, self->sentence);
}

static void
fill_lists (SagUiTemplates *self)
{
  g_autoptr (GtkStringList) kinds = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) organs = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) months = gtk_string_list_new (NULL);
  g_autoptr (GPtrArray) names = sag_ui_suggest_organs (self->catalogue);

  for (gsize i = 0; i < sag_catalogue_get_n_templates (self->catalogue); i++)
    {
      static const char *const blanks[] = { "{finding}", "{organ}", "{horizon}" };
      g_autoptr (GString) shown =
        g_string_new (sag_catalogue_get_template (self->catalogue, i)->text);

      for (gsize b = 0; b < G_N_ELEMENTS (blanks); b++)
        g_string_replace (shown, blanks[b], "…", 0);
      gtk_string_list_append (kinds, shown->str);
    }
  for (guint i = 0; i < names->len; i++)
    gtk_string_list_append (organs, names->pdata[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (horizons); i++)
    gtk_string_list_take (months, sag_task_dup_horizon (horizons[i]));
  self->updating = TRUE;
  gtk_drop_down_set_model (self->organ, G_LIST_MODEL (organs));
  gtk_drop_down_set_model (self->horizon, G_LIST_MODEL (months));
  self->updating = FALSE;
  gtk_drop_down_set_model (self->kind, G_LIST_MODEL (kinds));
}

static void
sag_ui_templates_dispose (GObject *object)
{
  SAG_UI_TEMPLATES (object)->updating = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_TEMPLATES);
  g_clear_pointer (&SAG_UI_TEMPLATES (object)->findings, g_ptr_array_unref);
  G_OBJECT_CLASS (sag_ui_templates_parent_class)->dispose (object);
}

static void
sag_ui_templates_finalize (GObject *object)
{
  g_free (SAG_UI_TEMPLATES (object)->sentence);
  G_OBJECT_CLASS (sag_ui_templates_parent_class)->finalize (object);
}

static void
sag_ui_templates_class_init (SagUiTemplatesClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sag_ui_templates_dispose;
  object_class->finalize = sag_ui_templates_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/templates.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiTemplates, kind);
  gtk_widget_class_bind_template_child (widget_class, SagUiTemplates, finding);
  gtk_widget_class_bind_template_child (widget_class, SagUiTemplates, organ_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiTemplates, organ);
  gtk_widget_class_bind_template_child (widget_class, SagUiTemplates, horizon_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiTemplates, horizon);
  gtk_widget_class_bind_template_child (widget_class, SagUiTemplates, text);
  gtk_widget_class_bind_template_callback (widget_class, kind_cb);
  gtk_widget_class_bind_template_callback (widget_class, finding_cb);
  gtk_widget_class_bind_template_callback (widget_class, blank_cb);
  gtk_widget_class_bind_template_callback (widget_class, use_cb);
  use_signal = g_signal_new ("use", SAG_UI_TYPE_TEMPLATES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                             G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sag_ui_templates_init (SagUiTemplates *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->catalogue = sag_catalogue_get_default (NULL);
  if (self->catalogue != NULL)
    fill_lists (self);
}

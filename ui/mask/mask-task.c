/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/mask-task.h"

#include "model/export/import.h"
#include "model/text/task.h"
#include "ui/mask/masks-private.h"
#include "ui/project/labels.h"

#include <glib/gi18n.h>

/* So wide may a wording be in the list. */
#define LIST_CHARS 44

const GPtrArray *
sag_ui_masks_get_tasks (SagUiMasks *self)
{
  SagUiProject *project = self->session != NULL ? sag_ui_project_get (self->session) : NULL;

  return project != NULL && sag_ui_project_get_n_tasks (project) > 0
           ? sag_ui_project_get_list (project)->tasks
           : NULL;
}

static const SagTaskRow *
find_of_map (SagUiMasks *self, const GPtrArray *tasks)
{
  g_autoptr (GPtrArray) shown =
    sag_ui_display_get_shown (sag_ui_session_get_display (self->session));

  for (guint i = shown->len; i > 0; i--)
    {
      const SagTaskRow *task =
        sag_import_find_task (tasks, sag_ui_overlay_get_label (shown->pdata[i - 1]));

      if (task != NULL)
        return task;
    }
  return NULL;
}

const SagTaskRow *
sag_ui_masks_find_task (SagUiMasks *self, const char *text)
{
  const GPtrArray *tasks = sag_ui_masks_get_tasks (self);
  SagUiLabels     *labels;

  if (tasks == NULL)
    return NULL;
  if (text != NULL)
    return sag_import_find_task (tasks, text);
  labels = sag_ui_labels_get (self->session);
  if (sag_ui_labels_is_ready (labels) && sag_ui_labels_get_active (labels) < tasks->len)
    return g_ptr_array_index (tasks, sag_ui_labels_get_active (labels));
  return find_of_map (self, tasks);
}

void
sag_ui_masks_add (SagUiMasks *self, SagUiCaseMasks *masks)
{
  const SagTaskRow *task = sag_ui_masks_find_task (self, NULL);
  const char *id = sag_ui_case_masks_add (masks, NULL, task != NULL ? task->key : NULL, NULL, NULL);
  SagMaskSet *set = sag_ui_case_masks_get_set (masks);
  g_autofree char *question = NULL;
  g_autofree char *sentence = NULL;

  if (id == NULL || task == NULL)
    return;
  question = g_strdup (task->wording);
  if (g_str_has_suffix (question, "."))
    question[strlen (question) - 1] = 0; /* the sentence has one */
  /* Translators: the name of a mask, then the question of the task that it belongs to, without its last point. */
  sentence = g_strdup_printf (
    _ ("%s was added for “%s”."),
    sag_mask_set_get_info (set, (guint) sag_mask_set_find (set, id))->name, question);
  sag_ui_session_say (self->session, sentence);
}

static const SagTaskRow *
find_key (const GPtrArray *tasks, const char *key)
{
  for (guint t = 0; tasks != NULL && key != NULL && t < tasks->len; t++)
    if (g_strcmp0 (((const SagTaskRow *) g_ptr_array_index (tasks, t))->key, key) == 0)
      return g_ptr_array_index (tasks, t);
  return NULL;
}

/* There is little room: "pleural effusion around the lungs" is enough of what begins with "Diagnose". */
static char *
dup_short (const char *wording)
{
  g_auto (SagTaskWords) words = { 0 };

  sag_task_words_init (&words, wording);
  return g_strdup (words.kind == SAG_TASK_DIAGNOSE && words.finding != NULL
                     ? words.text + words.finding_start
                     : wording);
}

char *
sag_ui_masks_dup_task_title (SagUiMasks *self, const SagMaskInfo *info, char **whole)
{
  const GPtrArray  *tasks = sag_ui_masks_get_tasks (self);
  const SagTaskRow *task = find_key (tasks, info->key);
  const char       *text = task != NULL ? task->wording : info->key;

  if (text == NULL && tasks != NULL)
    text = _ ("Of no task");
  *whole = g_strdup (text);
  return task != NULL ? dup_short (text) : g_strdup (text);
}

/* The choice */

struct _SagUiMaskTask
{
  GtkBox parent;

  GtkWidget      *down;
  SagUiCaseMasks *masks;
  char           *id;
  GStrv           titles; /* what can be chosen */
  GPtrArray      *keys;   /* the same; the first one is NULL: none */
  gboolean        is_updating;
};

G_DEFINE_FINAL_TYPE (SagUiMaskTask, sag_ui_mask_task, GTK_TYPE_BOX)

static const SagMaskInfo *
get_active (SagUiCaseMasks *masks)
{
  const int index = masks != NULL ? sag_ui_case_masks_get_active_index (masks) : -1;

  return index >= 0 ? sag_mask_set_get_info (sag_ui_case_masks_get_set (masks), (guint) index)
                    : NULL;
}

static void
append (GStrvBuilder *titles, GPtrArray *keys, const char *title, const char *key)
{
  g_strv_builder_add (titles, title);
  g_ptr_array_add (keys, g_strdup (key));
}

/* None, the project's tasks, and that of the mask if the project does not have it. */
static GStrv
dup_choice (SagUiMasks *masks, const SagMaskInfo *info, GPtrArray *keys)
{
  const GPtrArray *tasks = sag_ui_masks_get_tasks (masks);
  g_autoptr (GStrvBuilder) titles = g_strv_builder_new ();

  append (titles, keys, _ ("None"), NULL);
  for (guint t = 0; tasks != NULL && t < tasks->len; t++)
    {
      const SagTaskRow *task = g_ptr_array_index (tasks, t);

      append (titles, keys, task->wording, task->key);
    }
  if (info->key != NULL && find_key (tasks, info->key) == NULL)
    append (titles, keys, info->key, info->key);
  return g_strv_builder_end (titles);
}

static void
choose (SagUiMaskTask *self, SagUiMasks *masks, const SagMaskInfo *info)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) titles = dup_choice (masks, info, keys);

  /* An open list stays open while something else changes. */
  if (self->titles == NULL ||
      !g_strv_equal ((const char *const *) titles, (const char *const *) self->titles))
    {
      g_autoptr (GtkStringList) list = gtk_string_list_new ((const char *const *) titles);

      gtk_drop_down_set_model (GTK_DROP_DOWN (self->down), G_LIST_MODEL (list));
      g_strfreev (self->titles);
      self->titles = g_steal_pointer (&titles);
    }
  g_ptr_array_unref (self->keys);
  self->keys = g_steal_pointer (&keys);
  for (guint k = 0; k < self->keys->len; k++)
    if (g_strcmp0 (self->keys->pdata[k], info->key) == 0)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->down), k);
}

/* What is chosen in an open list would go to a mask that it was not opened for. */
static void
close_list (SagUiMaskTask *self)
{
  for (GtkWidget *child = gtk_widget_get_first_child (self->down); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      gtk_popover_popdown (GTK_POPOVER (child));
}

void
sag_ui_mask_task_update (SagUiMaskTask *self, SagUiMasks *masks)
{
  SagUiCaseMasks    *current = sag_ui_masks_get_current (masks);
  const SagMaskInfo *info = get_active (current);
  g_autofree char   *name = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self),
                          info != NULL && (info->key != NULL || sag_ui_masks_get_tasks (masks)));
  if (current != self->masks || g_strcmp0 (info != NULL ? info->id : NULL, self->id) != 0)
    close_list (self);
  g_set_object (&self->masks, current);
  g_free (self->id);
  self->id = info != NULL ? g_strdup (info->id) : NULL;
  if (info == NULL)
    return;
  self->is_updating = TRUE;
  choose (self, masks, info);
  self->is_updating = FALSE;
  /* Translators: for a screen reader: the name of a mask. */
  name = g_strdup_printf (_ ("Task that %s belongs to"), info->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->down), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

static void
chosen_cb (GtkDropDown *down, GParamSpec *pspec, SagUiMaskTask *self)
{
  const guint place = gtk_drop_down_get_selected (down);

  if (!self->is_updating && self->masks != NULL && self->id != NULL && place < self->keys->len)
    sag_ui_case_masks_set_key (self->masks, self->id, self->keys->pdata[place]);
}

/* Wordings are long: one line in the pane, several in the list. */
static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer in_list)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (GPOINTER_TO_INT (in_list))
    {
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), LIST_CHARS);
    }
  else
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer in_list)
{
  const char      *text = gtk_string_object_get_string (gtk_list_item_get_item (item));
  GtkWidget       *label = gtk_list_item_get_child (item);
  g_autofree char *brief = dup_short (text);

  gtk_label_set_text (GTK_LABEL (label), GPOINTER_TO_INT (in_list) ? text : brief);
  if (!GPOINTER_TO_INT (in_list))
    gtk_widget_set_tooltip_text (label, text);
}

static GtkListItemFactory *
create_factory (gboolean in_list)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GINT_TO_POINTER (in_list));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GINT_TO_POINTER (in_list));
  return factory;
}

static void
sag_ui_mask_task_finalize (GObject *object)
{
  SagUiMaskTask *self = SAG_UI_MASK_TASK (object);

  g_clear_object (&self->masks);
  g_free (self->id);
  g_strfreev (self->titles);
  g_ptr_array_unref (self->keys);
  G_OBJECT_CLASS (sag_ui_mask_task_parent_class)->finalize (object);
}

static void
sag_ui_mask_task_class_init (SagUiMaskTaskClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_mask_task_finalize;
}

static void
sag_ui_mask_task_init (SagUiMaskTask *self)
{
  GtkWidget *label = gtk_label_new (_ ("Task"));
  g_autoptr (GtkListItemFactory) button = create_factory (FALSE);
  g_autoptr (GtkListItemFactory) list = create_factory (TRUE);

  self->keys = g_ptr_array_new_with_free_func (g_free);
  self->down = gtk_drop_down_new (NULL, NULL);
  gtk_drop_down_set_factory (GTK_DROP_DOWN (self->down), button);
  gtk_drop_down_set_list_factory (GTK_DROP_DOWN (self->down), list);
  gtk_widget_set_hexpand (self->down, TRUE);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_box_append (GTK_BOX (self), label);
  gtk_box_append (GTK_BOX (self), self->down);
  g_signal_connect (self->down, "notify::selected", G_CALLBACK (chosen_cb), self);
}

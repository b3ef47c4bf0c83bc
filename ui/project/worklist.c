/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/worklist.h"

struct _SagUiWorkRow
{
  GObject parent;

  SagUiProject *project;
  guint         place;
};

G_DEFINE_FINAL_TYPE (SagUiWorkRow, sag_ui_work_row, G_TYPE_OBJECT)

struct _SagUiWorklist
{
  GObject parent;

  SagUiProject *project;
  SagWorkFilter filter;
  char         *text;   /* of the filter */
  GArray       *places; /* guint: in the project's list; NULL: none is open */
  gboolean      is_changing;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SagUiWorklist,
                               sag_ui_worklist,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

const SagWorkItem *
sag_ui_work_row_get_item (SagUiWorkRow *self)
{
  SagWorklist *list = sag_ui_project_get_list (self->project);

  return list != NULL && self->place < list->items->len
           ? g_ptr_array_index (list->items, self->place)
           : NULL;
}

static void
sag_ui_work_row_finalize (GObject *object)
{
  g_object_unref (SAG_UI_WORK_ROW (object)->project);
  G_OBJECT_CLASS (sag_ui_work_row_parent_class)->finalize (object);
}

static void
sag_ui_work_row_class_init (SagUiWorkRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_work_row_finalize;
}

static void
sag_ui_work_row_init (SagUiWorkRow *self)
{
}

static guint
get_n_items (GListModel *model)
{
  const GArray *places = SAG_UI_WORKLIST (model)->places;

  return places != NULL ? places->len : 0;
}

static void
refilter (SagUiWorklist *self)
{
  SagWorklist *list = sag_ui_project_get_list (self->project);
  const guint  before = get_n_items (G_LIST_MODEL (self));

  g_clear_pointer (&self->places, g_array_unref);
  if (list != NULL)
    self->places = sag_worklist_filter (list, &self->filter);
  self->is_changing = TRUE;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, get_n_items (G_LIST_MODEL (self)));
  self->is_changing = FALSE;
}

gboolean
sag_ui_worklist_is_changing (SagUiWorklist *self)
{
  return self->is_changing;
}

int
sag_ui_worklist_find (SagUiWorklist *self, gint64 case_id)
{
  const int place = sag_ui_project_find_item (self->project, case_id);

  for (guint p = 0; place >= 0 && p < get_n_items (G_LIST_MODEL (self)); p++)
    if (g_array_index (self->places, guint, p) == (guint) place)
      return (int) p;
  return -1;
}

/* A case whose labels changed stays where it is, even if it would no longer pass: nothing jumps
 * away under one's hand. */
static void
labels_cb (SagUiProject *project, gint64 case_id, SagUiWorklist *self)
{
  const int position = sag_ui_worklist_find (self, case_id);

  if (case_id == 0)
    refilter (self);
  else if (position >= 0)
    g_list_model_items_changed (G_LIST_MODEL (self), (guint) position, 1, 1);
}

void
sag_ui_worklist_set_filter (SagUiWorklist *self, const SagWorkFilter *filter)
{
  G_GNUC_UNUSED g_autofree char *old = self->text; /* @filter may point to it */

  self->filter = *filter;
  self->filter.text = self->text = g_strdup (filter->text);
  refilter (self);
}

SagUiWorklist *
sag_ui_worklist_new (SagUiProject *project)
{
  SagUiWorklist *self = g_object_new (SAG_UI_TYPE_WORKLIST, NULL);

  self->project = g_object_ref (project);
  g_signal_connect_object (project, "list", G_CALLBACK (refilter), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (project, "labels", G_CALLBACK (labels_cb), self, 0);
  refilter (self);
  return self;
}

static GType
get_item_type (GListModel *model)
{
  return SAG_UI_TYPE_WORK_ROW;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SagUiWorklist *self = SAG_UI_WORKLIST (model);
  SagUiWorkRow  *row;

  if (position >= get_n_items (model))
    return NULL;
  row = g_object_new (SAG_UI_TYPE_WORK_ROW, NULL);
  row->project = g_object_ref (self->project);
  row->place = g_array_index (self->places, guint, position);
  return row;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
sag_ui_worklist_finalize (GObject *object)
{
  SagUiWorklist *self = SAG_UI_WORKLIST (object);

  g_clear_pointer (&self->places, g_array_unref);
  g_free (self->text);
  g_object_unref (self->project);
  G_OBJECT_CLASS (sag_ui_worklist_parent_class)->finalize (object);
}

static void
sag_ui_worklist_class_init (SagUiWorklistClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_worklist_finalize;
}

static void
sag_ui_worklist_init (SagUiWorklist *self)
{
}

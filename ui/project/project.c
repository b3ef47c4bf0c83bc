/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/project-private.h"

#include "model/store/labels.h"
#include "ui/base/settings.h"

#include <glib/gi18n.h>
#include <string.h>

#define SAVING_MS 100

G_DEFINE_FINAL_TYPE (SagUiProject, sag_ui_project, G_TYPE_OBJECT)

static GParamSpec *props[SAG_UI_PROJECT_N_PROPS];
static guint       signals[SAG_UI_PROJECT_N_SIGNALS];

void
sag_ui_project_notify (SagUiProject *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
sag_ui_project_tell (SagUiProject *self, guint signal)
{
  g_signal_emit (self, signals[signal], 0);
}

void
sag_ui_project_say (SagUiProject *self, const char *sentence)
{
  g_signal_emit (self, signals[SAG_UI_PROJECT_PROBLEM], 0, sentence);
}

void
sag_ui_project_met (SagUiProject *self, SagUiCase *one)
{
  g_signal_emit (self, signals[SAG_UI_PROJECT_MET], 0, one);
}

void
sag_ui_project_set_note (SagUiProject *self, const char *note)
{
  if (g_strcmp0 (note, self->note) == 0)
    return;
  g_free (self->note);
  self->note = g_strdup (note);
  sag_ui_project_notify (self, SAG_UI_PROJECT_NOTE);
}

void
sag_ui_project_set_busy (SagUiProject *self, int step)
{
  GApplication *application = g_application_get_default ();

  self->n_busy += (guint) step;
  if (application != NULL && step > 0)
    g_application_hold (application);
  if (application != NULL && step < 0)
    g_application_release (application);
  sag_ui_project_notify (self, SAG_UI_PROJECT_BUSY);
}

gboolean
sag_ui_project_is_file (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  return name != NULL && g_str_has_suffix (name, SAG_UI_PROJECT_SUFFIX);
}

/* Saving */

static gboolean
saving_cb (gpointer user_data)
{
  SagUiProject *self = user_data;

  if (self->store != NULL && sag_store_get_n_waiting (self->store) > 0)
    return G_SOURCE_CONTINUE;
  self->saving_id = 0;
  sag_ui_project_notify (self, SAG_UI_PROJECT_SAVING);
  return G_SOURCE_REMOVE;
}

void
sag_ui_project_watch_saving (SagUiProject *self)
{
  if (self->saving_id != 0 || self->store == NULL)
    return;
  self->saving_id = g_timeout_add (SAVING_MS, saving_cb, self);
  sag_ui_project_notify (self, SAG_UI_PROJECT_SAVING);
}

void
sag_ui_project_post (SagUiProject *self, SagStoreFunc func, gpointer data, GDestroyNotify destroy)
{
  if (!sag_ui_project_can_write (self))
    {
      if (destroy != NULL)
        destroy (data);
      return;
    }
  sag_store_post (self->store, func, data, destroy);
  self->n_edits++;
  sag_ui_project_watch_saving (self);
}

void
sag_ui_project_imported (SagUiProject *self, gint64 id)
{
  self->n_edits++;
  g_signal_emit (self, signals[SAG_UI_PROJECT_IMPORTED], 0, id);
}

void
sag_ui_project_painted (SagUiProject *self, gint64 id, guint n_masks, gboolean touched)
{
  const int    place = sag_ui_project_find_item (self, id);
  SagWorkItem *item = place >= 0 ? g_ptr_array_index (self->list->items, place) : NULL;
  SagCaseState state;

  self->n_edits++;
  sag_ui_project_watch_saving (self);
  sag_ui_project_brought (self, sag_ui_project_find_case (self, id));
  if (item == NULL)
    return;
  state = touched && item->one->state == SAG_CASE_NEW ? SAG_CASE_IN_PROGRESS : item->one->state;
  if (item->n_masks == n_masks && item->one->state == state)
    return;
  item->n_masks = n_masks;
  item->one->state = state;
  g_signal_emit (self, signals[SAG_UI_PROJECT_LABELS], 0, id);
}

/* What waits for a full disk stands above the window until it is written; what can never be written is told once. */
void
sag_ui_project_trouble (SagStore *store, const GError *error, gboolean dropped, gpointer user_data)
{
  SagUiProject    *self = user_data;
  g_autofree char *sentence = NULL;

  if (store != self->store)
    return;
  if (error == NULL)
    {
      self->is_stuck = FALSE;
      sag_ui_project_set_note (self, NULL);
      /* What could not be looked at meanwhile. */
      sag_ui_project_meet_again (self);
      sag_ui_project_reload (self);
      return;
    }
  if (dropped || sag_store_get_n_waiting (store) == 0)
    {
      sag_ui_project_say (self, error->message);
      return;
    }
  self->is_stuck = TRUE;
  /* Translators: %s is a whole sentence that says why. */
  sentence =
    g_strdup_printf (_ ("Your work is not saved yet, and is tried again: %s"), error->message);
  sag_ui_project_set_note (self, sentence);
}

/* The list */

void
sag_ui_project_take_list (SagUiProject *self, SagWorklist *list)
{
  g_hash_table_remove_all (self->by_id);
  g_hash_table_remove_all (self->by_path);
  g_clear_pointer (&self->list, sag_worklist_free);
  self->list = list;
  for (guint i = 0; list != NULL && i < list->items->len; i++)
    {
      const SagCaseRow *row = ((SagWorkItem *) g_ptr_array_index (list->items, i))->one;

      g_hash_table_insert (self->by_id, g_memdup2 (&row->id, sizeof row->id),
                           GUINT_TO_POINTER (i + 1));
      g_hash_table_insert (self->by_path, g_canonicalize_filename (row->path, self->folder),
                           GUINT_TO_POINTER (i + 1));
    }
}

typedef struct
{
  SagUiProject *project;
  guint         opening;
  guint         n_edits;
  gboolean      reader; /* another one works now */
  SagWorklist  *list;
} Load;

gboolean
sag_ui_project_load (SagDb *db, gpointer data, GError **error)
{
  SagWorklist **list = data;

  g_clear_pointer (list, sag_worklist_free);
  *list = sag_worklist_load (db, NULL, error);
  return *list != NULL;
}

static gboolean
same_rows (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint t = 0; t < a->len; t++)
    {
      const SagTaskRow *x = g_ptr_array_index (a, t), *y = g_ptr_array_index (b, t);

      if (x->id != y->id || x->colour != y->colour || g_strcmp0 (x->key, y->key) != 0 ||
          g_strcmp0 (x->wording, y->wording) != 0 || g_strcmp0 (x->snomed, y->snomed) != 0 ||
          g_strcmp0 (x->shortcut, y->shortcut) != 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
same_tasks (const SagWorklist *a, const SagWorklist *b)
{
  return a != NULL && b != NULL && same_rows (a->tasks, b->tasks) && same_rows (a->aside, b->aside);
}

static void
reloaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Load         *load = user_data;
  SagUiProject *self = load->project;
  g_autoptr (GError) error = NULL;
  gboolean done = sag_store_run_finish (result, &error);

  if (load->opening == self->opening && self->store != NULL)
    {
      self->is_reloading = FALSE;
      if (!done)
        sag_ui_project_say (self, error->message);
      else if (load->n_edits != self->n_edits)
        {
          self->has_new_reader |= load->reader;
          self->reload_again = TRUE;
        }
      else
        {
          const gboolean other = load->reader || !same_tasks (self->list, load->list);

          sag_ui_project_take_list (self, g_steal_pointer (&load->list));
          sag_ui_project_tell (self, SAG_UI_PROJECT_LIST);
          if (other)
            sag_ui_project_tell (self, SAG_UI_PROJECT_TASKS);
          g_signal_emit (self, signals[SAG_UI_PROJECT_LABELS], 0, (gint64) 0);
        }
      if (self->reload_again)
        sag_ui_project_reload (self);
    }
  g_clear_pointer (&load->list, sag_worklist_free);
  g_object_unref (load->project);
  g_free (load);
}

/* Many wishes while it is being read are one more reading. */
void
sag_ui_project_reload (SagUiProject *self)
{
  Load *load;

  if (self->store == NULL)
    return;
  self->reload_again = self->is_reloading;
  if (self->is_reloading)
    return;
  self->is_reloading = TRUE;
  load = g_new0 (Load, 1);
  load->project = g_object_ref (self);
  load->opening = self->opening;
  load->n_edits = self->n_edits;
  load->reader = self->has_new_reader;
  self->has_new_reader = FALSE;
  sag_store_read_async (self->store, sag_ui_project_load, &load->list, reloaded_cb, load);
}

SagWorklist *
sag_ui_project_get_list (SagUiProject *self)
{
  return self->list;
}

guint
sag_ui_project_get_n_tasks (SagUiProject *self)
{
  return self->list != NULL && !self->is_implicit ? self->list->tasks->len : 0;
}

const SagTaskRow *
sag_ui_project_get_task (SagUiProject *self, guint place)
{
  g_return_val_if_fail (place < sag_ui_project_get_n_tasks (self), NULL);
  return g_ptr_array_index (self->list->tasks, place);
}

int
sag_ui_project_find_item (SagUiProject *self, gint64 id)
{
  return (int) GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, &id)) - 1;
}

/* What it is */

SagStore *
sag_ui_project_get_store (SagUiProject *self)
{
  return self->is_implicit ? NULL : self->store;
}

SagStore *
sag_ui_project_get_home (SagUiProject *self)
{
  return self->store;
}

gboolean
sag_ui_project_is_new (SagUiProject *self)
{
  return self->store != NULL && self->is_new;
}

guint
sag_ui_project_get_serial (SagUiProject *self)
{
  return self->opening;
}

gboolean
sag_ui_project_can_write (SagUiProject *self)
{
  return self->store != NULL && !sag_store_is_read_only (self->store);
}

gboolean
sag_ui_project_is_busy (SagUiProject *self)
{
  return self->n_busy > 0;
}

gboolean
sag_ui_project_is_saving (SagUiProject *self)
{
  return self->saving_id != 0;
}

gboolean
sag_ui_project_is_stuck (SagUiProject *self)
{
  return self->store != NULL && self->is_stuck && sag_store_get_n_waiting (self->store) > 0;
}

const char *
sag_ui_project_get_note (SagUiProject *self)
{
  return self->note;
}

const char *
sag_ui_project_get_title (SagUiProject *self)
{
  return self->title;
}

const char *
sag_ui_project_get_reader (SagUiProject *self)
{
  g_free (self->reader);
  self->reader = g_settings_get_string (sag_ui_settings_get (), "reader");
  g_strstrip (self->reader);
  return *self->reader != 0 ? self->reader : g_get_user_name ();
}

/* One person has an implicit project, whatever the name. @names: from, to. */
static gboolean
rename_reader (SagDb *db, gpointer names, GError **error)
{
  char **both = names;

  return sag_readers_rename (db, both[0], both[1], error);
}

/* From now on somebody else works: the list shows what that one has labelled. */
static void
change_reader (SagUiProject *self, const char *from)
{
  g_autofree char *name = g_strdup (sag_ui_project_get_reader (self));

  if (self->is_implicit)
    {
      const char *const names[] = { from, name, NULL };

      sag_ui_project_post (self, rename_reader, g_strdupv ((char **) names),
                           (GDestroyNotify) g_strfreev);
    }
  sag_store_set_reader (self->store, name);
  self->has_new_reader = TRUE;
}

void
sag_ui_project_follow_reader (SagUiProject *self, const char *from)
{
  if (g_strcmp0 (from, sag_ui_project_get_reader (self)) == 0)
    return;
  change_reader (self, from);
  sag_ui_project_tell (self, SAG_UI_PROJECT_READER);
  sag_ui_project_reload (self);
}

static void
reader_cb (GSettings *settings, const char *key, SagUiProject *self)
{
  g_autofree char *from = g_steal_pointer (&self->worker);

  self->worker = g_strdup (sag_ui_project_get_reader (self));
  if (strcmp (from, self->worker) == 0)
    return;
  if (self->store != NULL)
    sag_ui_project_follow_reader (self, from);
  else
    sag_ui_project_tell (self, SAG_UI_PROJECT_READER);
}

SagUiProject *
sag_ui_project_get (SagUiSession *session)
{
  SagUiProject *self = g_object_get_data (G_OBJECT (session), "sag-ui-project");

  if (self != NULL)
    return self;
  self = g_object_new (SAG_UI_TYPE_PROJECT, NULL);
  g_set_weak_pointer (&self->session, session);
  g_object_set_data_full (G_OBJECT (session), "sag-ui-project", self, g_object_unref);
  sag_ui_project_watch_cases (self);
  sag_ui_project_watch_losses (self, TRUE);
  return self;
}

static void
sag_ui_project_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SagUiProject *self = SAG_UI_PROJECT (object);

  if (id == SAG_UI_PROJECT_STORE)
    g_value_set_pointer (value, sag_ui_project_get_store (self));
  else if (id == SAG_UI_PROJECT_BUSY)
    g_value_set_boolean (value, sag_ui_project_is_busy (self));
  else if (id == SAG_UI_PROJECT_SAVING)
    g_value_set_boolean (value, sag_ui_project_is_saving (self));
  else if (id == SAG_UI_PROJECT_NOTE)
    g_value_set_string (value, self->note);
  else if (id == SAG_UI_PROJECT_TITLE)
    g_value_set_string (value, self->title);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sag_ui_project_dispose (GObject *object)
{
  SagUiProject *self = SAG_UI_PROJECT (object);

  sag_ui_project_end (self);
  if (self->session != NULL)
    sag_ui_project_watch_losses (self, FALSE);
  g_clear_weak_pointer (&self->session);
  G_OBJECT_CLASS (sag_ui_project_parent_class)->dispose (object);
}

static void
sag_ui_project_finalize (GObject *object)
{
  SagUiProject *self = SAG_UI_PROJECT (object);

  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->by_path);
  g_ptr_array_unref (self->held);
  g_ptr_array_unref (self->awaited);
  g_free (self->note);
  g_free (self->reader);
  g_free (self->worker);
  G_OBJECT_CLASS (sag_ui_project_parent_class)->finalize (object);
}

static void
sag_ui_project_class_init (SagUiProjectClass *class)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GType       type = SAG_UI_TYPE_PROJECT;

  object_class->get_property = sag_ui_project_get_property;
  object_class->dispose = sag_ui_project_dispose;
  object_class->finalize = sag_ui_project_finalize;
  props[SAG_UI_PROJECT_STORE] = g_param_spec_pointer ("store", NULL, NULL, flags);
  props[SAG_UI_PROJECT_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  props[SAG_UI_PROJECT_SAVING] = g_param_spec_boolean ("saving", NULL, NULL, FALSE, flags);
  props[SAG_UI_PROJECT_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, flags);
  props[SAG_UI_PROJECT_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, SAG_UI_PROJECT_N_PROPS, props);
#define SIGNAL(name, ...)                                                                          \
  g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, __VA_ARGS__)
  signals[SAG_UI_PROJECT_OPENED] = SIGNAL ("opened", 0);
  signals[SAG_UI_PROJECT_CLOSING] = SIGNAL ("closing", 0);
  signals[SAG_UI_PROJECT_MET] = SIGNAL ("met", 1, SAG_UI_TYPE_CASE);
  signals[SAG_UI_PROJECT_LIST] = SIGNAL ("list", 0);
  signals[SAG_UI_PROJECT_READER] = SIGNAL ("reader", 0);
  signals[SAG_UI_PROJECT_TASKS] = SIGNAL ("tasks", 0);
  signals[SAG_UI_PROJECT_LABELS] = SIGNAL ("labels", 1, G_TYPE_INT64);
  signals[SAG_UI_PROJECT_IMPORTED] = SIGNAL ("imported", 1, G_TYPE_INT64);
  signals[SAG_UI_PROJECT_PROBLEM] = SIGNAL ("problem", 1, G_TYPE_STRING);
#undef SIGNAL
}

static void
sag_ui_project_init (SagUiProject *self)
{
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->by_path = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->held = sag_ui_project_held_new ();
  self->awaited = sag_ui_project_held_new ();
  self->worker = g_strdup (sag_ui_project_get_reader (self));
  g_signal_connect_object (sag_ui_settings_get (), "changed::reader", G_CALLBACK (reader_cb), self,
                           0);
}

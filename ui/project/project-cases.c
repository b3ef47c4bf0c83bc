/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/project-private.h"

#include "model/core/error.h"
#include "model/volume/nifti.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

/* What the project that is open found out about a scan. */
typedef struct
{
  guint    opening; /* of which project */
  gint64   id;
  gboolean is_sure;       /* its content was looked at, or its place is enough */
  gboolean lacks_content; /* its place was enough: what lies there is still to be noted */
  gboolean is_asked;      /* that is under way */
} Met;

static Met *
get_met (SagUiProject *self, SagUiCase *one)
{
  Met *met = g_object_get_data (G_OBJECT (one), "sag-ui-project");

  if (met == NULL)
    {
      met = g_new0 (Met, 1);
      g_object_set_data_full (G_OBJECT (one), "sag-ui-project", met, g_free);
    }
  if (met->opening != self->opening)
    *met = (Met){ .opening = self->opening };
  return met;
}

gint64
sag_ui_project_get_case_id (SagUiProject *self, SagUiCase *one)
{
  return self->store != NULL && one != NULL ? get_met (self, one)->id : 0;
}

gint64
sag_ui_project_get_sure_id (SagUiProject *self, SagUiCase *one)
{
  const Met *met = self->store != NULL && one != NULL ? get_met (self, one) : NULL;

  return met != NULL && (met->is_sure || !sag_ui_project_can_write (self)) ? met->id : 0;
}

gint64
sag_ui_project_get_current_id (SagUiProject *self)
{
  return self->session != NULL
           ? sag_ui_project_get_case_id (self, sag_ui_session_get_case (self->session))
           : 0;
}

GFile *
sag_ui_project_dup_scan (SagUiProject *self, const SagCaseRow *row)
{
  g_autofree char *path = g_canonicalize_filename (row->path, self->folder);

  return g_file_new_for_path (path);
}

/* Looking at its content */

typedef struct
{
  SagUiCase   *one;
  guint        opening;
  gboolean     quick; /* by its place alone */
  gboolean     fills; /* what is known of it already */
  SagCaseRow  *row;
  SagCaseFound found;
} Ask;

static void
ask_free (Ask *ask)
{
  g_object_unref (ask->one);
  sag_case_row_free (ask->row);
  g_free (ask);
}

static gboolean
add_case (SagDb *db, gpointer data, GError **error)
{
  Ask *ask = data;

  return ask->fills ? sag_cases_set_content (db, ask->row, error)
                    : sag_cases_add (db, ask->row, &ask->found, error);
}

static void
tell_found (SagUiProject *self, const Ask *ask)
{
  const char      *title = sag_ui_case_get_title (ask->one);
  g_autofree char *sentence = NULL;

  if (ask->found == SAG_CASE_CHANGED)
    {
      /* Translators: %s is the name of a scan. */
      sentence = g_strdup_printf (_ ("%s is another file than when the project saw it last, on the "
                                     "same grid. Check that its labels and masks still fit."),
                                  title);
      sag_ui_project_say (self, sentence);
    }
  else if (ask->found == SAG_CASE_MOVED && self->session != NULL)
    {
      /* Translators: %s is the name of a scan. */
      sentence = g_strdup_printf (_ ("%s had moved; the project found it again."), title);
      sag_ui_session_say (self->session, sentence);
    }
}

static void meet (SagUiProject *self, SagUiCase *one);

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiProject) self = ((gpointer *) user_data)[0];
  Ask *ask = ((gpointer *) user_data)[1];
  g_autoptr (GError) error = NULL;
  gboolean done = sag_store_run_finish (result, &error);

  g_free (user_data);
  if (ask->opening == self->opening && self->store != NULL)
    {
      Met *met = get_met (self, ask->one);

      met->is_asked = FALSE;
      /* What failed for the disk's sake is asked again when that is over. */
      if (done || g_error_matches (error, SAG_ERROR, SAG_ERROR_MISMATCH))
        *met = (Met){ .opening = self->opening,
                      .id = done ? ask->row->id : 0,
                      .is_sure = TRUE,
                      .lacks_content = done && ask->quick };
      if (!done)
        sag_ui_project_say (self, error->message);
      else
        {
          tell_found (self, ask);
          if (sag_ui_project_find_item (self, met->id) < 0 || ask->found != SAG_CASE_KNOWN)
            sag_ui_project_reload (self);
        }
      if (met->is_sure && !ask->fills)
        sag_ui_project_met (self, ask->one);
      if (met->lacks_content)
        meet (self, ask->one);
    }
  ask_free (ask);
}

static void
hash_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  SagCaseRow *row = ((Ask *) data)->row;
  GStatBuf    info;
  g_autoptr (GError) error = NULL;

  if (g_file_test (row->path, G_FILE_TEST_IS_REGULAR))
    {
      row->sha256 = sag_nifti_hash_files (row->path, cancellable, &error);
      row->size_bytes = g_stat (row->path, &info) == 0 ? info.st_size : 0;
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

/* @ask: (transfer full) */
static void
add (SagUiProject *self, Ask *ask)
{
  gpointer *both = g_new (gpointer, 2);

  both[0] = g_object_ref (self);
  both[1] = ask;
  sag_store_run_async (self->store, add_case, ask, added_cb, both);
}

static void
hashed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiProject *self = SAG_UI_PROJECT (source);
  Ask          *ask = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);

  if (ask->opening != self->opening || self->store == NULL)
    {
      ask_free (ask);
      return;
    }
  if (!done)
    {
      get_met (self, ask->one)->is_asked = FALSE;
      sag_ui_project_say (self, error->message);
      ask_free (ask);
      return;
    }
  add (self, ask);
}

/* In the background: its content and grid are known, so that it is found wherever it has gone. Work that is in no
 * project begins with it at once: there it is what lies at its place, and its content is only noted. */
static void
ask_about (SagUiProject *self, SagUiCase *one, Met *met)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *path = g_file_get_path (sag_ui_case_get_file (one));
  Ask             *ask;

  if (path == NULL)
    return;
  ask = g_new0 (Ask, 1);
  ask->one = g_object_ref (one);
  ask->opening = self->opening;
  ask->quick = self->is_implicit && met->id == 0;
  ask->fills = self->is_implicit && met->is_sure;
  ask->row = g_new0 (SagCaseRow, 1);
  ask->row->id = met->id;
  ask->row->name = g_strdup (sag_ui_case_get_name (one));
  ask->row->path = g_steal_pointer (&path);
  ask->row->geometry = *sag_volume_get_geometry (sag_ui_case_get_volume (one));
  met->is_asked = TRUE;
  if (ask->quick)
    {
      add (self, ask);
      return;
    }
  task = g_task_new (self, self->cancellable, hashed_cb, ask);
  g_task_set_task_data (task, ask, NULL);
  g_task_set_priority (task, G_PRIORITY_LOW);
  g_task_run_in_thread (task, hash_thread);
}

/* Meeting */

static gint64
find_by_path (SagUiProject *self, SagUiCase *one)
{
  const char *path = g_file_peek_path (sag_ui_case_get_file (one));
  guint place = path != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (self->by_path, path)) : 0;

  return place > 0 ? ((SagWorkItem *) g_ptr_array_index (self->list->items, place - 1))->one->id
                   : 0;
}

/* A grid that does not fit is no match, whatever lies at the place. */
static gboolean
fits (SagUiProject *self, gint64 id, SagUiCase *one)
{
  const int          place = sag_ui_project_find_item (self, id);
  SagVolume         *volume = sag_ui_case_get_volume (one);
  const SagGeometry *known =
    place >= 0 ? &((SagWorkItem *) g_ptr_array_index (self->list->items, place))->one->geometry
               : NULL;

  return known == NULL || volume == NULL || known->dims[0] == 0 ||
         sag_geometry_equal (known, sag_volume_get_geometry (volume), SAG_SAME_GRID_MM);
}

static void
meet (SagUiProject *self, SagUiCase *one)
{
  const gboolean ready = sag_ui_case_get_state (one) == SAG_UI_CASE_READY;
  Met           *met;
  gint64         before;

  if (self->store == NULL)
    return;
  met = get_met (self, one);
  before = met->id;
  if (met->id == 0 && !met->is_sure)
    met->id = find_by_path (self, one);
  if (ready && met->id != 0 && !met->is_sure && !fits (self, met->id, one))
    met->id = 0;
  if (met->id != before)
    sag_ui_project_met (self, one);
  if (ready && (!met->is_sure || met->lacks_content) && !met->is_asked &&
      sag_ui_project_can_write (self))
    ask_about (self, one, met);
}

static void
state_cb (SagUiCase *one, GParamSpec *pspec, SagUiProject *self)
{
  meet (self, one);
}

static void
items_cb (GListModel *cases, guint position, guint removed, guint added, SagUiProject *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (cases, i);

      g_signal_handlers_disconnect_by_func (one, state_cb, self);
      g_signal_connect_object (one, "notify::state", G_CALLBACK (state_cb), self, 0);
      meet (self, one);
    }
}

void
sag_ui_project_watch_cases (SagUiProject *self)
{
  GListModel *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));

  g_signal_connect_object (cases, "items-changed", G_CALLBACK (items_cb), self, 0);
  items_cb (cases, 0, 0, g_list_model_get_n_items (cases), self);
}

static void
meet_one (SagUiCase *one, gpointer self)
{
  meet (self, one);
}

static void
meet_again (SagUiCase *one, gpointer self)
{
  meet (self, one);
  sag_ui_project_met (self, one);
}

/* What was under way may end after the window. */
void
sag_ui_project_meet_all (SagUiProject *self)
{
  if (self->session != NULL)
    sag_ui_cases_foreach (sag_ui_session_get_cases (self->session), meet_one, self);
}

void
sag_ui_project_meet_again (SagUiProject *self)
{
  if (self->session != NULL)
    sag_ui_cases_foreach (sag_ui_session_get_cases (self->session), meet_again, self);
}

SagUiCase *
sag_ui_project_find_case (SagUiProject *self, gint64 id)
{
  GListModel *cases =
    self->session != NULL ? G_LIST_MODEL (sag_ui_session_get_cases (self->session)) : NULL;

  for (guint i = 0; cases != NULL && i < g_list_model_get_n_items (cases); i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (cases, i);

      if (sag_ui_project_get_case_id (self, one) == id)
        return one;
    }
  return NULL;
}

gboolean
sag_ui_project_is_open (SagUiProject *self, gint64 id)
{
  return sag_ui_project_find_case (self, id) != NULL;
}

void
sag_ui_project_go (SagUiProject *self, gint64 id)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  const int   place = sag_ui_project_find_item (self, id);
  SagUiCase  *one = sag_ui_project_find_case (self, id);

  if (one == NULL && place >= 0)
    {
      const SagWorkItem *item = g_ptr_array_index (self->list->items, place);
      g_autoptr (GFile) file = sag_ui_project_dup_scan (self, item->one);

      one = sag_ui_cases_add (cases, file);
    }
  if (one != NULL)
    sag_ui_cases_set_current (cases, one);
}

/* Those that come next, in order; the scans are read ahead as soon as they are in the list. */
typedef struct
{
  SagUiProject *project;
  SagUiCase    *current; /* compared only */
  gint64        ids[SAG_UI_CASES_AHEAD];
  guint         place;
} Ahead;

static void go_ahead (Ahead *ahead);

static void
ahead_free (Ahead *ahead)
{
  g_object_unref (ahead->project);
  g_free (ahead);
}

static gboolean
is_wanted (const Ahead *ahead)
{
  SagUiProject *self = ahead->project;

  return self->session != NULL && self->store != NULL &&
         sag_ui_session_get_case (self->session) == ahead->current;
}

static void
wish (Ahead *ahead, SagUiCase *one)
{
  SagUiCases *cases = sag_ui_session_get_cases (ahead->project->session);

  if (one != ahead->current)
    sag_ui_cases_wish (cases, ahead->place, one);
  ahead->place++;
  go_ahead (ahead);
}

static void
there_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ahead *ahead = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);
  SagUiCases *cases;
  g_autoptr (SagUiCase) one = NULL;

  if (info == NULL || !is_wanted (ahead))
    {
      ahead_free (ahead);
      return;
    }
  cases = sag_ui_session_get_cases (ahead->project->session);
  if (sag_ui_cases_find (cases, G_FILE (source)) != NULL)
    {
      wish (ahead, sag_ui_cases_find (cases, G_FILE (source)));
      return;
    }
  one = sag_ui_case_new (G_FILE (source));
  sag_ui_cases_insert (cases, sag_ui_cases_index_of (cases, ahead->current) + 1 + ahead->place,
                       one);
  wish (ahead, one);
}

/* (transfer full). What is not at its place is told when the person gets there. */
static void
go_ahead (Ahead *ahead)
{
  SagUiProject *self = ahead->project;
  const gint64  id = ahead->place < SAG_UI_CASES_AHEAD ? ahead->ids[ahead->place] : 0;
  const int     item = id != 0 ? sag_ui_project_find_item (self, id) : -1;
  g_autoptr (GFile) file = NULL;

  if (item < 0 || !is_wanted (ahead))
    {
      ahead_free (ahead);
      return;
    }
  if (sag_ui_project_find_case (self, id) != NULL)
    {
      wish (ahead, sag_ui_project_find_case (self, id));
      return;
    }
  file = sag_ui_project_dup_scan (
    self, ((SagWorkItem *) g_ptr_array_index (self->list->items, item))->one);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_LOW, self->cancellable, there_cb, ahead);
}

void
sag_ui_project_ahead (SagUiProject *self, const gint64 *ids, guint n)
{
  Ahead *ahead;

  if (self->session == NULL || sag_ui_session_get_case (self->session) == NULL)
    return;
  ahead = g_new0 (Ahead, 1);
  ahead->project = g_object_ref (self);
  ahead->current = sag_ui_session_get_case (self->session);
  for (guint i = 0; i < MIN (n, SAG_UI_CASES_AHEAD); i++)
    ahead->ids[i] = ids[i];
  go_ahead (ahead);
}

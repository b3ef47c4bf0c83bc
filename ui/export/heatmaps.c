/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/export/heatmaps.h"

#include <glib/gi18n.h>

/* Maps that wait to be written. */
typedef struct
{
  SagUiSession *session;
  SagUiCase    *one;
  GPtrArray    *results;
  guint         n_done;
  char         *folder;
  GCancellable *cancellable;
} Work;

static void
work_free (Work *work)
{
  g_object_unref (work->session);
  g_object_unref (work->one);
  g_ptr_array_unref (work->results);
  g_clear_object (&work->cancellable);
  g_free (work->folder);
  g_free (work);
}

static GPtrArray *
get_shown (SagUiCase *one)
{
  GListModel *list = G_LIST_MODEL (sag_ui_case_get_results (one));
  GPtrArray  *shown = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (list, i);
      SagUiOverlay *overlay = sag_ui_result_get_overlay (result);

      if (sag_ui_result_get_answer (result) != NULL && overlay != NULL &&
          sag_ui_overlay_get_visible (overlay))
        g_ptr_array_add (shown, g_steal_pointer (&result));
    }
  return shown;
}

guint
sag_ui_heatmaps_count (SagUiCase *one)
{
  g_autoptr (GPtrArray) shown = get_shown (one);

  return shown->len;
}

static void
say_end (Work *work)
{
  g_autofree char *text = g_strdup_printf (
    ngettext ("%u map was saved and read back.", "%u maps were saved and read back.", work->n_done),
    work->n_done);

  sag_ui_session_say (work->session, text);
}

static void next (Work *work);

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Work *work = user_data;
  g_autoptr (GError) error = NULL;

  if (sag_ui_engine_save_map_finish (SAG_UI_ENGINE (source), result, &error))
    {
      work->n_done++;
      next (work);
      return;
    }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sag_ui_session_say (work->session, error->message);
  work_free (work);
}

static void
next (Work *work)
{
  SagUiResult  *result;
  SagUiOverlay *overlay;
  gboolean      is_raw = FALSE;

  /* One that was closed would be read again, whole, for its next map. */
  if (work->n_done == work->results->len ||
      sag_ui_cases_index_of (sag_ui_session_get_cases (work->session), work->one) == G_MAXUINT)
    {
      say_end (work);
      work_free (work);
      return;
    }
  result = work->results->pdata[work->n_done];
  overlay = sag_ui_result_get_overlay (result);
  if (overlay != NULL)
    g_object_get (overlay, "raw", &is_raw, NULL);
  sag_ui_engine_save_map_async (sag_ui_session_get_engine (work->session), work->one, result,
                                !is_raw, work->folder, work->cancellable, saved_cb, work);
}

void
sag_ui_heatmaps_save (SagUiSession *session,
                      SagUiCase    *one,
                      const char   *folder,
                      GCancellable *cancellable)
{
  Work            *work = g_new0 (Work, 1);
  g_autofree char *text = NULL;

  work->session = g_object_ref (session);
  work->one = g_object_ref (one);
  work->results = get_shown (one);
  work->folder = g_strdup (folder);
  g_set_object (&work->cancellable, cancellable);
  text = g_strdup_printf (ngettext ("Writing %u map…", "Writing %u maps…", work->results->len),
                          work->results->len);
  sag_ui_session_say (session, text);
  next (work);
}

/* SPDX-License-Identifier: Apache-2.0 */

/* What a card's menu starts, and what can be undone. */

#include "ui/ask/ask.h"
#include "ui/ask/work.h"

#include <glib/gi18n.h>

/* One piece of work for one result. */
typedef struct
{
  SagUiAsk    *ask;
  SagUiCase   *one;
  SagUiResult *result;
  SagUiWork   *watched;
} Work;

static void
work_free (Work *work)
{
  g_clear_object (&work->watched);
  g_clear_object (&work->result);
  g_clear_object (&work->one);
  g_clear_object (&work->ask);
  g_free (work);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Work, work_free)

static void
watched_cb (SagUiWork *watched, SagUiResult *result)
{
  g_signal_emit_by_name (result, "changed");
}

static Work *
work_new (SagUiAsk *ask, SagUiCase *one, SagUiResult *result, const char *title)
{
  Work *work = g_new0 (Work, 1);

  work->ask = g_object_ref (ask);
  work->one = g_object_ref (one);
  work->result = g_object_ref (result);
  work->watched = sag_ui_work_new (title);
  sag_ui_work_attach (result, work->watched);
  g_signal_connect_object (work->watched, "changed", G_CALLBACK (watched_cb), result, 0);
  g_signal_emit_by_name (result, "changed");
  return work;
}

static void
progress_cb (double fraction, gpointer user_data)
{
  sag_ui_work_set_fraction (user_data, fraction);
}

static void
say_failure (Work *work, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sag_ui_session_say (sag_ui_ask_get_session (work->ask), error->message);
}

static gboolean
is_in (GListStore *store, gpointer item)
{
  return g_list_store_find (store, item, NULL);
}

static void
evidence_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  g_autoptr (Work) work = user_data;
  g_autoptr (GError) error = NULL;
  GListStore   *overlays = sag_ui_case_get_overlays (work->one);
  SagUiOverlay *overlay;

  if (!sag_ui_engine_evidence_finish (SAG_UI_ENGINE (source), async, &error))
    say_failure (work, error);
  overlay = sag_ui_result_get_evidence (work->result);
  if (error == NULL && overlay != NULL && is_in (sag_ui_case_get_results (work->one), work->result))
    {
      if (!is_in (overlays, overlay))
        g_list_store_append (overlays, overlay);
      sag_ui_overlay_set_visible (overlay, TRUE);
    }
  sag_ui_work_end (work->watched);
}

static gboolean
can_start (SagUiResult *result)
{
  return sag_ui_result_get_answer (result) != NULL && sag_ui_work_get (result) == NULL;
}

void
sag_ui_ask_evidence (SagUiAsk *self, SagUiCase *one, SagUiResult *result)
{
  SagUiOverlay *known = sag_ui_result_get_evidence (result);
  Work         *work;

  if (!can_start (result) || !sag_ui_result_get_answer (result)->has_class)
    return;
  if (known != NULL)
    {
      sag_ui_overlay_set_visible (known, TRUE);
      return;
    }
  work = work_new (self, one, result, _ ("Looking for evidence"));
  sag_ui_engine_evidence_async (sag_ui_ask_get_engine (self), one, result, progress_cb,
                                work->watched, sag_ui_work_get_cancellable (work->watched),
                                evidence_cb, work);
}

static void
robust_cb (GObject *source, GAsyncResult *async, gpointer user_data)
{
  g_autoptr (Work) work = user_data;
  g_autoptr (GError) error = NULL;

  if (!sag_ui_engine_robust_finish (SAG_UI_ENGINE (source), async, &error))
    say_failure (work, error);
  sag_ui_work_end (work->watched);
}

void
sag_ui_ask_robust (SagUiAsk *self, SagUiCase *one, SagUiResult *result)
{
  Work *work;

  if (!can_start (result))
    return;
  work = work_new (self, one, result, _ ("Asking in other words and boxes"));
  sag_ui_engine_robust_async (sag_ui_ask_get_engine (self), one, result,
                              sag_ui_work_get_cancellable (work->watched), robust_cb, work);
}

guint
sag_ui_ask_again_all (SagUiAsk *self, SagUiCase *one)
{
  GListModel *results = G_LIST_MODEL (sag_ui_case_get_results (one));
  guint       n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);

      if (!sag_ui_result_get_stale (result))
        continue;
      sag_ui_engine_ask_again (sag_ui_ask_get_engine (self), one, result);
      n++;
    }
  return n;
}

/* Removing */

typedef struct
{
  SagUiEngine *engine; /* not the SagUiAsk, whose session keeps this */
  SagUiCase   *one;
  SagUiResult *result;
  guint        position;
  GPtrArray   *overlays;
} Removed;

static void
removed_free (gpointer data)
{
  Removed *removed = data;

  g_clear_object (&removed->engine);
  g_clear_object (&removed->one);
  g_clear_object (&removed->result);
  g_clear_pointer (&removed->overlays, g_ptr_array_unref);
  g_free (removed);
}

static void
put_back (gpointer data)
{
  Removed         *removed = data;
  GListStore      *results = sag_ui_case_get_results (removed->one);
  guint            n = g_list_model_get_n_items (G_LIST_MODEL (results));
  const SagAnswer *answer = sag_ui_result_get_answer (removed->result);

  if (is_in (results, removed->result))
    return;
  /* Another model may have been opened meanwhile. */
  if (answer != NULL)
    sag_ui_result_set_stale (removed->result,
                             sag_ui_engine_is_stale (removed->engine, removed->one, answer));
  g_list_store_insert (results, MIN (removed->position, n), removed->result);
  for (guint i = 0; i < removed->overlays->len; i++)
    g_list_store_append (sag_ui_case_get_overlays (removed->one), removed->overlays->pdata[i]);
  if (sag_ui_result_get_state (removed->result) == SAG_UI_RESULT_PENDING)
    sag_ui_engine_ask_again (removed->engine, removed->one, removed->result);
}

static void
keep_overlay (Removed *removed, SagUiOverlay *overlay)
{
  if (overlay != NULL && is_in (sag_ui_case_get_overlays (removed->one), overlay))
    g_ptr_array_add (removed->overlays, g_object_ref (overlay));
}

void
sag_ui_ask_remove (SagUiAsk *self, SagUiCase *one, SagUiResult *result)
{
  Removed   *removed;
  SagUiWork *running = sag_ui_work_get (result);
  guint      position;

  if (!g_list_store_find (sag_ui_case_get_results (one), result, &position))
    return;
  if (running != NULL)
    g_cancellable_cancel (sag_ui_work_get_cancellable (running));
  removed = g_new0 (Removed, 1);
  removed->engine = g_object_ref (sag_ui_ask_get_engine (self));
  removed->one = g_object_ref (one);
  removed->result = g_object_ref (result);
  removed->position = position;
  removed->overlays = g_ptr_array_new_with_free_func (g_object_unref);
  keep_overlay (removed, sag_ui_result_get_overlay (result));
  keep_overlay (removed, sag_ui_result_get_evidence (result));
  sag_ui_engine_forget (sag_ui_ask_get_engine (self), one, result);
  sag_ui_session_say_undoable (sag_ui_ask_get_session (self), _ ("The answer was removed."),
                               put_back, removed, removed_free);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/engine-private.h"

#include <string.h>

/* Questions with cards. */

static void
start_ask (SagUiEngine *self, SagUiCase *one, SagUiResult *result)
{
  g_autoptr (SagUiJob) job = sag_ui_job_new (SAG_UI_JOB_ASK);
  const char *texts[] = { sag_ui_result_get_text (result), NULL };

  job->one = one;
  job->result = g_object_ref (result);
  job->texts = g_strdupv ((char **) texts);
  sag_ui_engine_start (self, job);
}

static SagUiResult *
find_live (SagUiCase *one, guint *position)
{
  GListModel *results = G_LIST_MODEL (sag_ui_case_get_results (one));

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);

      *position = i;
      if (sag_ui_result_get_live (result))
        return result; /* the list has a reference */
    }
  return NULL;
}

/* What @result is asked for is not wanted any more; what was begun of preparing and encoding is. */
static void
abandon (SagUiEngine *self, SagUiResult *result)
{
  SagUiJob *job = sag_ui_engine_find_job (self, result);

  if (job == NULL)
    return;
  g_clear_object (&job->result);
  if (job->is_waiting)
    sag_ui_engine_stop (self, job);
  else
    sag_ui_worker_supersede (self->worker, job);
}

/* Whether @result is, or will be, the answer to @text with the bundle and box of now. */
static gboolean
answers (SagUiResult *result, const char *text)
{
  return g_str_equal (sag_ui_result_get_text (result), text) && !sag_ui_result_get_stale (result) &&
         sag_ui_result_get_state (result) != SAG_UI_RESULT_FAILED;
}

static SagUiResult *
add_result (SagUiEngine *self, SagUiCase *one, const char *text, gboolean live)
{
  SagUiResult *result = sag_ui_result_new (text, sag_ui_case_next_colour (one));

  sag_ui_result_set_live (result, live);
  g_list_store_insert (sag_ui_case_get_results (one), 0, result);
  g_object_unref (result);
  start_ask (self, one, result);
  return result;
}

SagUiResult *
sag_ui_engine_ask (SagUiEngine *self, SagUiCase *one, const char *text)
{
  guint        position;
  SagUiResult *live = find_live (one, &position);

  if (live != NULL && answers (live, text))
    {
      sag_ui_result_set_live (live, FALSE);
      return live;
    }
  if (live != NULL)
    sag_ui_engine_forget (self, one, live);
  return add_result (self, one, text, FALSE);
}

/* In place, and in the same colour, so that the list does not jump while a person types. */
static SagUiResult *
replace_live (
  SagUiEngine *self, SagUiCase *one, SagUiResult *live, guint position, const char *text)
{
  SagUiResult *result = sag_ui_result_new (text, sag_ui_result_get_n (live));
  gpointer     item = result;

  sag_ui_result_set_live (result, TRUE);
  abandon (self, live);
  sag_ui_engine_drop_maps (one, live);
  g_list_store_splice (sag_ui_case_get_results (one), position, 1, &item, 1);
  g_object_unref (result);
  start_ask (self, one, result);
  return result;
}

SagUiResult *
sag_ui_engine_ask_live (SagUiEngine *self, SagUiCase *one, const char *text)
{
  guint        position;
  SagUiResult *live = find_live (one, &position);

  if (live == NULL)
    return add_result (self, one, text, TRUE);
  return answers (live, text) ? live : replace_live (self, one, live, position, text);
}

void
sag_ui_engine_ask_again (SagUiEngine *self, SagUiCase *one, SagUiResult *result)
{
  GListStore   *overlays = sag_ui_case_get_overlays (one);
  SagUiOverlay *evidence = sag_ui_result_get_evidence (result);
  guint         position;

  abandon (self, result);
  if (evidence != NULL && g_list_store_find (overlays, evidence, &position))
    g_list_store_remove (overlays, position);
  sag_ui_result_reset (result);
  start_ask (self, one, result);
}

/* Evidence and robustness of a card that goes are not wanted either. */
static void
stop_extras (SagUiEngine *self, SagUiResult *result)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      SagUiJob *job = self->jobs->pdata[i];

      if (job->result == result)
        sag_ui_engine_stop (self, job);
    }
}

void
sag_ui_engine_forget (SagUiEngine *self, SagUiCase *one, SagUiResult *result)
{
  GListStore   *results = sag_ui_case_get_results (one);
  G_GNUC_UNUSED g_autoptr (SagUiResult) keep = g_object_ref (result);
  guint         position;

  abandon (self, result);
  stop_extras (self, result);
  sag_ui_engine_drop_maps (one, result);
  if (g_list_store_find (results, result, &position))
    g_list_store_remove (results, position);
}

static gboolean
same_question (SagUiJob *job, SagUiCase *one)
{
  double shift_mm[3];

  sag_ui_case_get_box_shift (one, shift_mm);
  return job->volume == sag_ui_case_get_volume (one) &&
         job->forced == sag_ui_case_get_forced (one) &&
         sag_geometry_same_point (job->shift_mm, shift_mm);
}

void
sag_ui_engine_prepare (SagUiEngine *self, SagUiCase *one)
{
  g_autoptr (SagUiJob) job = NULL;

  if (sag_ui_case_get_state (one) != SAG_UI_CASE_READY)
    return;
  for (guint i = 0; i < self->jobs->len; i++)
    {
      SagUiJob *other = self->jobs->pdata[i];

      if (other->kind == SAG_UI_JOB_PREPARE && other->one == one && !same_question (other, one))
        sag_ui_engine_stop (self, other);
    }
  job = sag_ui_job_new (SAG_UI_JOB_PREPARE);
  job->one = one;
  sag_ui_engine_start (self, job);
}

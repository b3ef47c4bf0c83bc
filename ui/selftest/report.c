/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/selftest/report.h"

#include "model/core/version.h"
#include "render/scene/display.h"
#include "ui/engine/words.h"

#include <glib/gi18n.h>

struct _SagUiReport
{
  GObject parent;

  SagUiEngine  *engine;
  GListStore   *rows;
  GCancellable *cancellable; /* while it runs */
};

G_DEFINE_FINAL_TYPE (SagUiReport, sag_ui_report, G_TYPE_OBJECT)

static GParamSpec *running_prop;

SagUiReport *
sag_ui_report_new (SagUiEngine *engine)
{
  SagUiReport *self = g_object_new (SAG_UI_TYPE_REPORT, NULL);

  self->engine = g_object_ref (engine);
  return self;
}

GListModel *
sag_ui_report_get_rows (SagUiReport *self)
{
  return G_LIST_MODEL (self->rows);
}

gboolean
sag_ui_report_get_running (SagUiReport *self)
{
  return self->cancellable != NULL;
}

void
sag_ui_report_add (SagUiReport     *self,
                   const char      *title,
                   SagSelftestState state,
                   const char      *detail,
                   const char      *advice)
{
  g_autoptr (SagUiReportRow) row = sag_ui_report_row_new (title, state, detail, advice);

  g_list_store_append (self->rows, row);
}

/* The names that the command line prints, for people of any language. */
static const char *
translate_title (const SagSelftestRow *row)
{
  static const char *const titles[][2] = {
    { "processor", N_ ("Processor") }, { "memory", N_ ("Memory") },
    { "catalogue", N_ ("Tasks") },     { "bundle", N_ ("Model") },
    { "cpu", N_ ("CPU engine") },      { "golden", N_ ("Known answers") },
    { "gpu", N_ ("GPU engine") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (titles[i][0], row->id))
      return _ (titles[i][1]);
  return row->title;
}

/* Found: a row on its way to the main thread. */
typedef struct
{
  SagUiReport    *report;
  GCancellable   *cancellable;
  SagUiReportRow *row;
} Found;

static void
found_free (gpointer data)
{
  Found *found = data;

  g_object_unref (found->report);
  g_object_unref (found->cancellable);
  g_object_unref (found->row);
  g_free (found);
}

static gboolean
found_cb (gpointer data)
{
  Found *found = data;

  if (found->report->cancellable == found->cancellable)
    g_list_store_append (found->report->rows, found->row);
  return G_SOURCE_REMOVE;
}

/* Takes @row. */
static void
send_row (GTask *task, SagUiReportRow *row)
{
  Found *found = g_new0 (Found, 1);

  found->report = g_object_ref (g_task_get_source_object (task));
  found->cancellable = g_object_ref (g_task_get_cancellable (task));
  found->row = row;
  g_idle_add_full (G_PRIORITY_DEFAULT, found_cb, found, found_free);
}

static void
row_thread (const SagSelftestRow *row, gpointer user_data)
{
  send_row (user_data,
            sag_ui_report_row_new (translate_title (row), row->state, row->detail, row->advice));
}

static void
try_3d (GTask *task)
{
  g_autoptr (GError) error = NULL;

  if (sag_render_display_check (&error))
    send_row (task, sag_ui_report_row_new (_ ("3D view"), SAG_SELFTEST_OK,
                                           _ ("OpenGL 3.2 through an X display"), NULL));
  else
    send_row (task, sag_ui_report_row_new (_ ("3D view"), SAG_SELFTEST_NOTE, error->message,
                                           _ ("Slices and answers work without it.")));
}

static void
report_thread (GTask *task, gpointer source, gpointer bundle, GCancellable *cancellable)
{
  sag_selftest_run (bundle, 0, row_thread, task, cancellable);
  if (!g_cancellable_is_cancelled (cancellable))
    try_3d (task);
  g_task_return_boolean (task, TRUE);
}

static void
set_running (SagUiReport *self, GCancellable *cancellable)
{
  g_set_object (&self->cancellable, cancellable);
  g_object_notify_by_pspec (G_OBJECT (self), running_prop);
}

static void
add_sides (SagUiReport *self, const SagLateralityCheck *check)
{
  static const SagSelftestState states[] = {
    [SAG_LATERALITY_CHECK_RIGHT] = SAG_SELFTEST_OK,
    [SAG_LATERALITY_CHECK_WRONG_SIDE] = SAG_SELFTEST_FAILED,
    [SAG_LATERALITY_CHECK_INCONCLUSIVE] = SAG_SELFTEST_NOTE,
  };
  const char *words[] = {
    [SAG_LATERALITY_CHECK_RIGHT] = _ ("The model finds left on the left."),
    [SAG_LATERALITY_CHECK_WRONG_SIDE] = _ ("The model answers on the wrong side."),
    [SAG_LATERALITY_CHECK_INCONCLUSIVE] = _ ("The model does not tell left from right."),
  };
  const char *advice = check->verdict == SAG_LATERALITY_CHECK_RIGHT
                         ? NULL
                         : _ ("Do not rely on any side that it names or shows.");

  sag_ui_report_add (self, _ ("Left and right"), states[check->verdict], words[check->verdict],
                     advice);
}

static void
sides_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiReport) self = user_data;
  g_autoptr (GError) error = NULL;
  SagLateralityCheck check;
  gboolean done = sag_ui_engine_laterality_finish (SAG_UI_ENGINE (source), result, &check, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (self->cancellable == g_task_get_cancellable (G_TASK (result)))
        set_running (self, NULL);
      return;
    }
  if (done)
    add_sides (self, &check);
  else
    sag_ui_report_add (self, _ ("Left and right"), SAG_SELFTEST_FAILED, error->message, NULL);
  set_running (self, NULL);
}

static void
add_engine (SagUiReport *self)
{
  const SagEngineInfo *info = sag_ui_engine_get_info (self->engine);
  const char          *note = sag_ui_engine_get_note (self->engine);
  const char          *error = sag_ui_engine_get_error (self->engine);

  if (info != NULL)
    {
      g_autofree char *words = sag_ui_words_engine (info);

      sag_ui_report_add (self, _ ("Computes now"),
                         note != NULL ? SAG_SELFTEST_NOTE : SAG_SELFTEST_OK, words, note);
    }
  else
    sag_ui_report_add (self, _ ("Computes now"), SAG_SELFTEST_FAILED,
                       error != NULL ? error : _ ("No model is open."),
                       _ ("Choose another model."));
}

static void
thread_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiReport *self = SAG_UI_REPORT (source);
  SagBundle   *bundle;

  if (self->cancellable != g_task_get_cancellable (G_TASK (result)))
    return; /* stopped meanwhile */
  add_engine (self);
  bundle = sag_ui_engine_get_bundle (self->engine);
  if (bundle != NULL && sag_network_has_map (sag_bundle_get_network (bundle)))
    {
      sag_ui_engine_laterality_async (self->engine, self->cancellable, sides_cb,
                                      g_object_ref (self));
      return;
    }
  if (bundle != NULL)
    sag_ui_report_add (self, _ ("Left and right"), SAG_SELFTEST_NOTE,
                       _ ("The model draws no map, so there are no sides to check."), NULL);
  set_running (self, NULL);
}

void
sag_ui_report_run (SagUiReport *self)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  SagBundle *bundle = sag_ui_engine_get_bundle (self->engine);

  if (self->cancellable != NULL)
    return;
  cancellable = g_cancellable_new ();
  g_list_store_remove_all (self->rows);
  set_running (self, cancellable);
  task = g_task_new (self, cancellable, thread_done_cb, NULL);
  g_task_set_check_cancellable (task, FALSE);
  if (bundle != NULL)
    g_task_set_task_data (task, sag_bundle_ref (bundle), (GDestroyNotify) sag_bundle_unref);
  g_task_run_in_thread (task, report_thread);
}

void
sag_ui_report_stop (SagUiReport *self)
{
  g_autoptr (GCancellable) cancellable = g_steal_pointer (&self->cancellable);

  if (cancellable == NULL)
    return;
  g_cancellable_cancel (cancellable);
  g_object_notify_by_pspec (G_OBJECT (self), running_prop);
}

char *
sag_ui_report_dup_text (SagUiReport *self)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "Sagitta %s (%s)\n", sag_version_get (), sag_version_get_commit ());
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    {
      g_autoptr (SagUiReportRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
      const char *detail = sag_ui_report_row_get_detail (row);
      const char *advice = sag_ui_report_row_get_advice (row);

      g_string_append_printf (text, "%s: %s: %s", sag_ui_report_row_get_title (row),
                              sag_ui_report_state_words (sag_ui_report_row_get_state (row)),
                              detail);
      if (advice != NULL)
        g_string_append_printf (text, "%s %s", g_str_has_suffix (detail, ".") ? "" : ".", advice);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

static void
sag_ui_report_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, sag_ui_report_get_running (SAG_UI_REPORT (object)));
}

static void
sag_ui_report_finalize (GObject *object)
{
  SagUiReport *self = SAG_UI_REPORT (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->rows);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sag_ui_report_parent_class)->finalize (object);
}

static void
sag_ui_report_class_init (SagUiReportClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = sag_ui_report_get_property;
  object_class->finalize = sag_ui_report_finalize;
  running_prop =
    g_param_spec_boolean ("running", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, 1, running_prop);
}

static void
sag_ui_report_init (SagUiReport *self)
{
  self->rows = g_list_store_new (SAG_UI_TYPE_REPORT_ROW);
}

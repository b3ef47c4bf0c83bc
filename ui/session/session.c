/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/session/session.h"

struct _SagUiSession
{
  GObject parent;

  SagUiEngine  *engine;
  SagUiCases   *cases;
  SagUiDisplay *display;
  SagUiJournal *journal;
};

G_DEFINE_FINAL_TYPE (SagUiSession, sag_ui_session, G_TYPE_OBJECT)

typedef struct
{
  SagUiUndo      undo;
  gpointer       user_data;
  GDestroyNotify destroy;
} Undo;

static guint toast_signal, offer_signal;

static void
undo_cb (gpointer data)
{
  Undo *undo = data;

  undo->undo (undo->user_data);
}

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  if (undo->destroy != NULL)
    undo->destroy (undo->user_data);
  g_free (undo);
}

static const SagUiStepTable undo_table = { undo_cb, NULL, undo_free };

/* The next case is read ahead, so its questions should find it encoded too. */
static void
prepare_ahead (SagUiSession *self, SagUiCase *one)
{
  if (one != NULL && sag_ui_case_get_state (one) == SAG_UI_CASE_READY)
    sag_ui_engine_prepare (self->engine, one);
}

static void
state_cb (SagUiCase *one, GParamSpec *pspec, SagUiSession *self)
{
  prepare_ahead (self, one);
}

static void
items_cb (GListModel *model, guint position, guint removed, guint added, SagUiSession *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (model, i);

      /* A case that was closed may come back. */
      g_signal_handlers_disconnect_by_func (one, state_cb, self);
      g_signal_connect_object (one, "notify::state", G_CALLBACK (state_cb), self, 0);
    }
}

static void
current_cb (SagUiCases *cases, GParamSpec *pspec, SagUiSession *self)
{
  SagUiCase *one = sag_ui_cases_get_current (cases);

  sag_ui_display_set_case (self->display, one);
  prepare_ahead (self, one);
}

static void
bundle_cb (SagUiEngine *engine, SagUiSession *self)
{
  prepare_ahead (self, sag_ui_session_get_case (self));
}

SagUiSession *
sag_ui_session_new (SagUiEngine *engine)
{
  SagUiSession *self = g_object_new (SAG_UI_TYPE_SESSION, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect_object (engine, "bundle-changed", G_CALLBACK (bundle_cb), self, 0);
  return self;
}

SagUiEngine *
sag_ui_session_get_engine (SagUiSession *self)
{
  return self->engine;
}

SagUiCases *
sag_ui_session_get_cases (SagUiSession *self)
{
  return self->cases;
}

SagUiDisplay *
sag_ui_session_get_display (SagUiSession *self)
{
  return self->display;
}

SagUiCase *
sag_ui_session_get_case (SagUiSession *self)
{
  return sag_ui_cases_get_current (self->cases);
}

SagUiJournal *
sag_ui_session_get_journal (SagUiSession *self)
{
  return self->journal;
}

void
sag_ui_session_say (SagUiSession *self, const char *sentence)
{
  g_signal_emit (self, toast_signal, 0, sentence, FALSE);
}

void
sag_ui_session_say_done (SagUiSession *self, const char *sentence)
{
  g_signal_emit (self, toast_signal, 0, sentence, TRUE);
}

void
sag_ui_session_offer (SagUiSession *self,
                      const char   *sentence,
                      const char   *label,
                      const char   *action)
{
  g_signal_emit (self, offer_signal, 0, sentence, label, action);
}

void
sag_ui_session_say_undoable (SagUiSession  *self,
                             const char    *sentence,
                             SagUiUndo      undo,
                             gpointer       user_data,
                             GDestroyNotify destroy)
{
  Undo *one = g_new (Undo, 1);

  *one = (Undo){ undo, user_data, destroy };
  sag_ui_journal_push (self->journal, sentence, &undo_table, one);
  g_signal_emit (self, toast_signal, 0, sentence, TRUE);
}

gboolean
sag_ui_session_undo (SagUiSession *self)
{
  return sag_ui_journal_undo (self->journal);
}

static void
sag_ui_session_dispose (GObject *object)
{
  SagUiSession *self = SAG_UI_SESSION (object);

  g_clear_object (&self->journal);
  g_signal_handlers_disconnect_by_data (self->cases, self);
  sag_ui_display_set_case (self->display, NULL);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (sag_ui_session_parent_class)->dispose (object);
}

static void
sag_ui_session_finalize (GObject *object)
{
  SagUiSession *self = SAG_UI_SESSION (object);

  g_clear_object (&self->cases);
  g_clear_object (&self->display);
  G_OBJECT_CLASS (sag_ui_session_parent_class)->finalize (object);
}

static void
sag_ui_session_class_init (SagUiSessionClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sag_ui_session_dispose;
  object_class->finalize = sag_ui_session_finalize;
  toast_signal = g_signal_new ("toast", SAG_UI_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
  offer_signal = g_signal_new ("offer", SAG_UI_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}

static void
sag_ui_session_init (SagUiSession *self)
{
  self->journal = sag_ui_journal_new ();
  self->cases = sag_ui_cases_new ();
  self->display = sag_ui_display_new ();
  g_signal_connect (self->cases, "notify::current", G_CALLBACK (current_cb), self);
  g_signal_connect (self->cases, "items-changed", G_CALLBACK (items_cb), self);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/ask.h"

#include <glib/gi18n.h>

struct _SagUiAsk
{
  GObject parent;

  SagUiSession *session;
  GHashTable   *prevalences; /* text -> double* */
  double        prevalence;
  gboolean      read_first;
};

G_DEFINE_FINAL_TYPE (SagUiAsk, sag_ui_ask, G_TYPE_OBJECT)

enum
{
  PROP_READ_FIRST = 1,
  PROP_PREVALENCE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];
static guint       changed_signal;
static guint       compare_signal;
static guint       labelled_signal;

SagUiAsk *
sag_ui_ask_new (SagUiSession *session)
{
  SagUiAsk *self = g_object_new (SAG_UI_TYPE_ASK, NULL);

  self->session = g_object_ref (session);
  return self;
}

SagUiSession *
sag_ui_ask_get_session (SagUiAsk *self)
{
  return self->session;
}

SagUiEngine *
sag_ui_ask_get_engine (SagUiAsk *self)
{
  return sag_ui_session_get_engine (self->session);
}

SagUiCase *
sag_ui_ask_get_case (SagUiAsk *self)
{
  return sag_ui_session_get_case (self->session);
}

static void
changed (SagUiAsk *self, SagUiResult *result)
{
  g_signal_emit (self, changed_signal, 0, result);
}

/* Reader first */

gboolean
sag_ui_ask_get_read_first (SagUiAsk *self)
{
  return self->read_first;
}

gboolean
sag_ui_ask_is_hidden (SagUiAsk *self, SagUiCase *one, const char *text)
{
  return self->read_first && one != NULL && !sag_ui_opinion_get (one, text)->seen;
}

static GQuark
concealed_quark (void)
{
  static GQuark quark;

  if (quark == 0)
    quark = g_quark_from_static_string ("sag-ui-concealed");
  return quark;
}

static void
conceal (SagUiOverlay *overlay)
{
  if (!sag_ui_overlay_get_visible (overlay))
    return;
  g_object_set_qdata (G_OBJECT (overlay), concealed_quark (), GINT_TO_POINTER (TRUE));
  sag_ui_overlay_set_visible (overlay, FALSE);
}

static void
reveal (SagUiOverlay *overlay)
{
  if (g_object_steal_qdata (G_OBJECT (overlay), concealed_quark ()) != NULL)
    sag_ui_overlay_set_visible (overlay, TRUE);
}

/* Hides or shows the map of a ready result, and records that it was shown. */
static void
apply_mode (SagUiAsk *self, SagUiCase *one, SagUiResult *result)
{
  SagUiOverlay *overlay = sag_ui_result_get_overlay (result);
  const char   *text = sag_ui_result_get_text (result);

  if (sag_ui_result_get_state (result) != SAG_UI_RESULT_READY)
    return;
  if (sag_ui_ask_is_hidden (self, one, text))
    {
      if (overlay != NULL)
        conceal (overlay);
      return;
    }
  if (sag_ui_result_get_answer (result) != NULL)
    sag_ui_opinion_see_answer (one, sag_ui_result_get_answer (result));
  if (overlay != NULL)
    reveal (overlay);
}

static void
apply_mode_to_all (SagUiAsk *self, SagUiCase *one)
{
  GListModel *results = G_LIST_MODEL (sag_ui_case_get_results (one));

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);

      apply_mode (self, one, result);
    }
}

static void
apply_mode_to_cases (SagUiAsk *self, gboolean forget)
{
  GListModel *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));

  for (guint i = 0; i < g_list_model_get_n_items (cases); i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (cases, i);

      if (forget)
        sag_ui_opinion_forget (one);
      apply_mode_to_all (self, one);
    }
}

void
sag_ui_ask_change_reader (SagUiAsk *self)
{
  apply_mode_to_cases (self, TRUE);
  changed (self, NULL);
}

void
sag_ui_ask_set_read_first (SagUiAsk *self, gboolean read_first)
{
  if (self->read_first == !!read_first)
    return;
  self->read_first = !!read_first;
  apply_mode_to_cases (self, FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READ_FIRST]);
  changed (self, NULL);
}

void
sag_ui_ask_set_label (SagUiAsk *self, SagUiCase *one, const char *text, SagUiLabel label)
{
  gboolean hidden = sag_ui_ask_is_hidden (self, one, text);

  sag_ui_opinion_set_label (one, text, label);
  g_signal_emit (self, labelled_signal, 0, one, text, (guint) label);
  if (hidden && label != SAG_UI_LABEL_NONE)
    sag_ui_opinion_see (one, text, NULL);
  apply_mode_to_all (self, one);
  changed (self, NULL);
}

/* How common it is */

double
sag_ui_ask_get_prevalence (SagUiAsk *self)
{
  return self->prevalence;
}

double
sag_ui_ask_get_prevalence_of (SagUiAsk *self, const char *text)
{
  const double *own = g_hash_table_lookup (self->prevalences, text);

  return own != NULL ? *own : self->prevalence;
}

gboolean
sag_ui_ask_has_own_prevalence (SagUiAsk *self, const char *text)
{
  return g_hash_table_contains (self->prevalences, text);
}

static void
apply_prevalence (SagUiAsk *self, SagUiResult *result)
{
  g_object_set (result, "prevalence",
                sag_ui_ask_get_prevalence_of (self, sag_ui_result_get_text (result)), NULL);
}

static void
apply_prevalences (SagUiAsk *self)
{
  GListModel *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));

  for (guint c = 0; c < g_list_model_get_n_items (cases); c++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (cases, c);
      GListModel *results = G_LIST_MODEL (sag_ui_case_get_results (one));

      for (guint i = 0; i < g_list_model_get_n_items (results); i++)
        {
          g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);

          apply_prevalence (self, result);
        }
    }
}

void
sag_ui_ask_set_prevalence (SagUiAsk *self, double prevalence)
{
  if (prevalence == self->prevalence)
    return;
  self->prevalence = prevalence;
  apply_prevalences (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PREVALENCE]);
  changed (self, NULL);
}

void
sag_ui_ask_set_prevalence_of (SagUiAsk *self, const char *text, double prevalence)
{
  if (prevalence < 0)
    g_hash_table_remove (self->prevalences, text);
  else
    g_hash_table_insert (self->prevalences, g_strdup (text),
                         g_memdup2 (&prevalence, sizeof prevalence));
  apply_prevalences (self);
  changed (self, NULL);
}

/* Watching a case */

static void
result_cb (SagUiResult *result, SagUiAsk *self)
{
  SagUiCase *one = g_object_get_data (G_OBJECT (result), "sag-ui-case");

  if (one != NULL)
    apply_mode (self, one, result);
  changed (self, result);
}

static void
adopt (SagUiAsk *self, SagUiCase *one, SagUiResult *result)
{
  g_object_set_data (G_OBJECT (result), "sag-ui-case", one);
  g_signal_handlers_disconnect_by_func (result, result_cb, self);
  g_signal_connect_object (result, "changed", G_CALLBACK (result_cb), self, 0);
  apply_prevalence (self, result);
  apply_mode (self, one, result);
}

static void
items_cb (GListModel *results, guint position, guint removed, guint added, SagUiAsk *self)
{
  SagUiCase *one = g_object_get_data (G_OBJECT (results), "sag-ui-case");

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);

      adopt (self, one, result);
    }
}

void
sag_ui_ask_watch (SagUiAsk *self, SagUiCase *one)
{
  GListModel *results = G_LIST_MODEL (sag_ui_case_get_results (one));

  if (g_signal_handler_find (results, G_SIGNAL_MATCH_FUNC | G_SIGNAL_MATCH_DATA, 0, 0, NULL,
                             items_cb, self) != 0)
    return;
  g_object_set_data (G_OBJECT (results), "sag-ui-case", one);
  g_signal_connect_object (results, "items-changed", G_CALLBACK (items_cb), self, 0);
  items_cb (results, 0, 0, g_list_model_get_n_items (results), self);
}

/* The open bundle */

char *
sag_ui_ask_dup_note (SagUiAsk *self)
{
  SagUiCase *one = sag_ui_ask_get_case (self);

  return one != NULL ? sag_ui_engine_dup_watermark (sag_ui_ask_get_engine (self), one) : NULL;
}

char *
sag_ui_ask_dup_note_of (SagUiAsk *self, SagUiCase *one, SagUiResult *result)
{
  SagUiEngine     *engine = sag_ui_ask_get_engine (self);
  const SagAnswer *answer = sag_ui_result_get_answer (result);

  return answer == NULL || sag_ui_engine_gave (engine, answer)
           ? sag_ui_engine_dup_watermark (engine, one)
           : NULL;
}

SagTraining
sag_ui_ask_get_training (SagUiAsk *self, const char *text, SagHead head)
{
  SagBundle *bundle = sag_ui_engine_get_bundle (sag_ui_ask_get_engine (self));

  return bundle != NULL ? sag_bundle_get_training (bundle, text, head) : SAG_TRAINING_UNKNOWN;
}

void
sag_ui_ask_compare (SagUiAsk *self, SagUiOverlay *a, SagUiOverlay *b)
{
  g_signal_emit (self, compare_signal, 0, a, b);
}

static void
sag_ui_ask_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SagUiAsk *self = SAG_UI_ASK (object);

  if (id == PROP_READ_FIRST)
    g_value_set_boolean (value, self->read_first);
  else if (id == PROP_PREVALENCE)
    g_value_set_double (value, self->prevalence);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sag_ui_ask_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SagUiAsk *self = SAG_UI_ASK (object);

  if (id == PROP_READ_FIRST)
    sag_ui_ask_set_read_first (self, g_value_get_boolean (value));
  else if (id == PROP_PREVALENCE)
    sag_ui_ask_set_prevalence (self, g_value_get_double (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sag_ui_ask_finalize (GObject *object)
{
  SagUiAsk *self = SAG_UI_ASK (object);

  g_clear_pointer (&self->prevalences, g_hash_table_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sag_ui_ask_parent_class)->finalize (object);
}

static void
sag_ui_ask_class_init (SagUiAskClass *class)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sag_ui_ask_get_property;
  object_class->set_property = sag_ui_ask_set_property;
  object_class->finalize = sag_ui_ask_finalize;
  props[PROP_READ_FIRST] = g_param_spec_boolean ("read-first", NULL, NULL, FALSE, flags);
  props[PROP_PREVALENCE] = g_param_spec_double ("prevalence", NULL, NULL, -1, 1, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_ASK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, SAG_UI_TYPE_RESULT);
  labelled_signal =
    g_signal_new ("labelled", SAG_UI_TYPE_ASK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                  3, SAG_UI_TYPE_CASE, G_TYPE_STRING, G_TYPE_UINT);
  compare_signal = g_signal_new ("compare", SAG_UI_TYPE_ASK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, SAG_UI_TYPE_OVERLAY, SAG_UI_TYPE_OVERLAY);
}

static void
sag_ui_ask_init (SagUiAsk *self)
{
  self->prevalence = -1;
  self->prevalences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/answer/result.h"

#include "model/core/error.h"
#include "model/text/task.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SagUiResult
{
  GObject parent;

  char            *text;
  guint            n;
  SagUiResultState state;
  GDateTime       *asked_at;
  SagAnswer       *answer;
  SagUiOverlay    *overlay;
  SagUiOverlay    *evidence;
  SagRobust       *robust;
  char            *error;
  double           ask_ms;
  double           prevalence;
  gboolean         starred;
  gboolean         stale;
  gboolean         live;
};

G_DEFINE_FINAL_TYPE (SagUiResult, sag_ui_result, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_STARRED,
  PROP_STALE,
  PROP_LIVE,
  PROP_ANSWER,
  PROP_PREVALENCE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];
static guint       changed_signal;

static void
changed (SagUiResult *self)
{
  g_signal_emit (self, changed_signal, 0);
}

SagUiResult *
sag_ui_result_new (const char *text, guint n)
{
  SagUiResult *self = g_object_new (SAG_UI_TYPE_RESULT, NULL);

  self->text = g_strdup (text);
  self->n = n;
  self->asked_at = g_date_time_new_now_local ();
  return self;
}

const char *
sag_ui_result_get_text (SagUiResult *self)
{
  return self->text;
}

guint
sag_ui_result_get_n (SagUiResult *self)
{
  return self->n;
}

SagUiResultState
sag_ui_result_get_state (SagUiResult *self)
{
  return self->state;
}

GDateTime *
sag_ui_result_get_asked_at (SagUiResult *self)
{
  return self->asked_at;
}

SagAnswer *
sag_ui_result_get_answer (SagUiResult *self)
{
  return self->answer;
}

SagUiOverlay *
sag_ui_result_get_overlay (SagUiResult *self)
{
  return self->overlay;
}

SagUiOverlay *
sag_ui_result_get_evidence (SagUiResult *self)
{
  return self->evidence;
}

const char *
sag_ui_result_get_error (SagUiResult *self)
{
  return self->error;
}

double
sag_ui_result_get_ask_ms (SagUiResult *self)
{
  return self->ask_ms;
}

static void
set_state (SagUiResult *self, SagUiResultState state)
{
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ANSWER]);
  changed (self);
}

/* What belonged to the last answer. */
static void
drop_extras (SagUiResult *self)
{
  g_clear_object (&self->evidence);
  g_clear_pointer (&self->robust, sag_robust_free);
  g_clear_pointer (&self->error, g_free);
}

/* The new map looks as the person had set the old one. */
static void
copy_look (SagUiOverlay *from, SagUiOverlay *to)
{
  static const char *const names[] = { "visible", "colour", "map",    "threshold",
                                       "opacity", "raw",    "outline" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (from), names[i], &value);
      g_object_set_property (G_OBJECT (to), names[i], &value);
    }
}

/* NULL where the model draws no map. */
static SagUiOverlay *
make_overlay (SagUiResult *self)
{
  const SagAnswer *answer = self->answer;
  gboolean         segments = sag_task_kind (answer->text) == SAG_TASK_SEGMENT;
  SagUiOverlay    *overlay;

  if (!answer->has_map)
    return NULL;
  overlay = sag_ui_overlay_new (SAG_UI_OVERLAY_SCORE, answer->text, answer->cells,
                                &answer->cell_geometry, self->n);
  if (!segments && answer->patch_head != SAG_TRAINING_TRAINED)
    sag_ui_overlay_set_note (
      overlay,
      _ ("Localisation was not trained for this text. The map shows where the patch head "
         "responds, not why the number is high."),
      /* Translators: "Localisation was not trained for this text", briefly, for narrow views. */
      _ ("Localisation not trained"));
  sag_ui_overlay_set_visible (overlay, segments);
  return overlay;
}

void
sag_ui_result_take_answer (SagUiResult *self, SagAnswer *answer, double ask_ms)
{
  g_autoptr (SagUiOverlay) old = g_steal_pointer (&self->overlay);

  drop_extras (self);
  g_clear_pointer (&self->answer, sag_answer_unref);
  self->answer = answer;
  self->ask_ms = ask_ms;
  self->overlay = make_overlay (self);
  if (old != NULL && self->overlay != NULL)
    copy_look (old, self->overlay);
  self->stale = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STALE]);
  set_state (self, SAG_UI_RESULT_READY);
}

void
sag_ui_result_fail (SagUiResult *self, const GError *error)
{
  drop_extras (self);
  self->error = g_strdup (error->message);
  set_state (self, g_error_matches (error, SAG_ERROR, SAG_ERROR_SCOPE) ? SAG_UI_RESULT_REFUSED
                                                                       : SAG_UI_RESULT_FAILED);
}

void
sag_ui_result_reset (SagUiResult *self)
{
  drop_extras (self);
  g_clear_pointer (&self->answer, sag_answer_unref);
  g_clear_pointer (&self->asked_at, g_date_time_unref);
  self->asked_at = g_date_time_new_now_local ();
  set_state (self, SAG_UI_RESULT_PENDING);
}

gboolean
sag_ui_result_get_starred (SagUiResult *self)
{
  return self->starred;
}

gboolean
sag_ui_result_get_stale (SagUiResult *self)
{
  return self->stale;
}

void
sag_ui_result_set_stale (SagUiResult *self, gboolean stale)
{
  g_object_set (self, "stale", stale, NULL);
}

gboolean
sag_ui_result_get_live (SagUiResult *self)
{
  return self->live;
}

void
sag_ui_result_set_live (SagUiResult *self, gboolean live)
{
  g_object_set (self, "live", live, NULL);
}

const SagRobust *
sag_ui_result_get_robust (SagUiResult *self)
{
  return self->robust;
}

void
sag_ui_result_take_robust (SagUiResult *self, SagRobust *robust)
{
  g_clear_pointer (&self->robust, sag_robust_free);
  self->robust = robust;
  changed (self);
}

void
sag_ui_result_take_evidence (SagUiResult *self, SagEvidence *evidence)
{
  g_clear_object (&self->evidence);
  self->evidence = sag_ui_overlay_new (SAG_UI_OVERLAY_EVIDENCE, self->text, evidence->drop,
                                       &evidence->geometry, self->n);
  sag_ui_overlay_set_note (
    self->evidence,
    _ ("Evidence: how far the number falls when a part is hidden. It says on what "
       "the number rests, not where the finding is."),
    /* Translators: the same, briefly, for narrow views. */
    _ ("Evidence: fall of the number"));
  sag_evidence_free (evidence);
  changed (self);
}

double
sag_ui_result_get_prevalence (SagUiResult *self)
{
  return self->prevalence;
}

double
sag_ui_result_probability_at (double probability, double prevalence)
{
  double with = probability * prevalence;
  double without = (1 - probability) * (1 - prevalence);

  return with + without > 0 ? with / (with + without) : probability;
}

static void
sag_ui_result_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SagUiResult *self = SAG_UI_RESULT (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_STARRED:
      g_value_set_boolean (value, self->starred);
      break;
    case PROP_STALE:
      g_value_set_boolean (value, self->stale);
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, self->live);
      break;
    case PROP_ANSWER:
      g_value_set_pointer (value, self->answer);
      break;
    case PROP_PREVALENCE:
      g_value_set_double (value, self->prevalence);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static gboolean
assign_flag (gboolean *flag, const GValue *value)
{
  gboolean differs = *flag != g_value_get_boolean (value);

  *flag = g_value_get_boolean (value);
  return differs;
}

static void
sag_ui_result_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SagUiResult *self = SAG_UI_RESULT (object);
  gboolean     differs = FALSE;

  switch (id)
    {
    case PROP_STARRED:
      differs = assign_flag (&self->starred, value);
      break;
    case PROP_STALE:
      differs = assign_flag (&self->stale, value);
      break;
    case PROP_LIVE:
      differs = assign_flag (&self->live, value);
      break;
    case PROP_PREVALENCE:
      differs = self->prevalence != g_value_get_double (value);
      self->prevalence = g_value_get_double (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  if (!differs)
    return;
  g_object_notify_by_pspec (object, pspec);
  changed (self);
}

static void
sag_ui_result_finalize (GObject *object)
{
  SagUiResult *self = SAG_UI_RESULT (object);

  drop_extras (self);
  g_clear_pointer (&self->answer, sag_answer_unref);
  g_clear_object (&self->overlay);
  g_clear_pointer (&self->asked_at, g_date_time_unref);
  g_free (self->text);
  G_OBJECT_CLASS (sag_ui_result_parent_class)->finalize (object);
}

static void
sag_ui_result_class_init (SagUiResultClass *class)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sag_ui_result_get_property;
  object_class->set_property = sag_ui_result_set_property;
  object_class->finalize = sag_ui_result_finalize;
  props[PROP_STATE] =
    g_param_spec_uint ("state", NULL, NULL, 0, SAG_UI_RESULT_FAILED, 0, read_only);
  props[PROP_STARRED] = g_param_spec_boolean ("starred", NULL, NULL, FALSE, flags);
  props[PROP_STALE] = g_param_spec_boolean ("stale", NULL, NULL, FALSE, flags);
  props[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, FALSE, flags);
  props[PROP_ANSWER] = g_param_spec_pointer ("answer", NULL, NULL, read_only);
  props[PROP_PREVALENCE] = g_param_spec_double ("prevalence", NULL, NULL, -1, 1, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_RESULT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_result_init (SagUiResult *self)
{
  self->prevalence = -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"
#include "ui/project/project.h"

G_BEGIN_DECLS

/**
 * SagUiLabels: what the reader says about the current case of the project, task by task: read when
 * the case is, written as it is said, undone with the window's journal.
 *
 * A label notes whether an answer had been seen before: one to its own task, or to a text that is
 * none of the tasks and so may be about any. It also notes for how long the reader worked on the
 * case: the time between deeds, unless there is none for half a minute.
 *
 * One for each session, on the main thread. Signals: "changed": labels, tasks, case or the active
 * task are others; "settle": another task or case is next: what is being typed belongs to this one.
 */
#define SAG_UI_TYPE_LABELS (sag_ui_labels_get_type ())
G_DECLARE_FINAL_TYPE (SagUiLabels, sag_ui_labels, SAG_UI, LABELS, GObject)

/** sag_ui_labels_get: (transfer none): the session's. */
SagUiLabels *sag_ui_labels_get (SagUiSession *session);

/**
 * sag_ui_labels_set_ask: labels and cards are one: a label reveals its answer, a card's label is one
 * of the project. While a project is open, the reader comes first unless the setting "blind-first"
 * is off.
 */
void sag_ui_labels_set_ask (SagUiLabels *self, SagUiAsk *ask);

SagUiProject *sag_ui_labels_get_project (SagUiLabels *self);

/** sag_ui_labels_is_ready: a case of the project is current and its labels are read. */
gboolean sag_ui_labels_is_ready (SagUiLabels *self);
/** sag_ui_labels_can_set: and there are tasks, and the project can be written. */
gboolean sag_ui_labels_can_set (SagUiLabels *self);

/** sag_ui_labels_get_row: (transfer none): of the task at @place; its value may be none. Only while ready. */
const SagLabelRow *sag_ui_labels_get_row (SagUiLabels *self, guint place);
guint              sag_ui_labels_get_n_set (SagUiLabels *self);

/** sag_ui_labels_get_active: the place of the task that keys are about. */
guint sag_ui_labels_get_active (SagUiLabels *self);
void  sag_ui_labels_set_active (SagUiLabels *self, guint place);

/** sag_ui_labels_set: the active task's label; the next unlabelled task becomes active. */
void sag_ui_labels_set (SagUiLabels *self, SagLabelValue value);
/**
 * SagUiLabelDetails: what is said besides a label.
 * @side, @location, @comment: (nullable)
 * @certainty: 0..100 or -1
 */
typedef struct
{
  const char *side;
  const char *location;
  int         certainty;
  const char *comment;
} SagUiLabelDetails;

/** sag_ui_labels_set_details: of a task that has a label. */
void sag_ui_labels_set_details (SagUiLabels *self, guint place, const SagUiLabelDetails *details);
/** sag_ui_labels_rest_absent: every task without a label. */
void sag_ui_labels_rest_absent (SagUiLabels *self);
/** sag_ui_labels_has_last: another case was labelled before. */
gboolean sag_ui_labels_has_last (SagUiLabels *self);
/** sag_ui_labels_as_last: tasks without a label get those of the case that was labelled before. */
void sag_ui_labels_as_last (SagUiLabels *self);

/** sag_ui_labels_set_state: of any case, for example reviewed. */
void sag_ui_labels_set_state (SagUiLabels *self, gint64 case_id, SagCaseState state);

/** sag_ui_labels_choose_state: the same as the person's deed, which can be undone. */
void sag_ui_labels_choose_state (SagUiLabels *self, gint64 case_id, SagCaseState state);

/** sag_ui_labels_find_next: the next case with a task to label, from the current one on and round; 0: none. */
gint64 sag_ui_labels_find_next (SagUiLabels *self);
/** sag_ui_labels_go_next: opens it; FALSE if there is none. */
gboolean sag_ui_labels_go_next (SagUiLabels *self);

/** sag_ui_labels_touch: the person does something now. @now_us: monotonic */
void sag_ui_labels_touch (SagUiLabels *self, gint64 now_us);
/** sag_ui_labels_get_active_ms: for how long people have worked on the current case. */
gint64 sag_ui_labels_get_active_ms (SagUiLabels *self);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* labels.c knows, reads and is asked; labels-write.c writes, undoes and keeps cards in step. */

#include "model/store/seen.h"
#include "ui/project/labels.h"

struct _SagUiLabels
{
  GObject parent;

  SagUiSession *session; /* weak */
  SagUiProject *project;
  SagUiAsk     *ask; /* weak */
  SagUiCase    *one; /* whose labels these are */
  gint64        case_id;
  guint         n_edits;  /* what was read before one is read again */
  guint         reading;  /* counts: an answer to an older one is dropped */
  GPtrArray    *rows;     /* SagLabelRow, one a task; NULL: not read yet */
  GPtrArray    *last;     /* of the case that was labelled before */
  gboolean      is_quiet; /* what cards are told comes from here */
  guint         active;
  gint64        touched_us;
  gint64        active_us; /* on this case, not written yet */
};

/** sag_ui_labels_changed: the signal. */
void sag_ui_labels_changed (SagUiLabels *self);
/** sag_ui_labels_get_item: (nullable): of a case, in the project's list. */
SagWorkItem *sag_ui_labels_get_item (SagUiLabels *self, gint64 case_id);
/** sag_ui_labels_find_task: its place; -1. */
int sag_ui_labels_find_task (SagUiLabels *self, gint64 task_id);
/** sag_ui_labels_rows_new: (element-type SagLabelRow). */
GPtrArray *sag_ui_labels_rows_new (void);

/** sag_ui_labels_same_text: texts that differ only in capitals and outer spaces ask the same. */
gboolean sag_ui_labels_same_text (const char *a, const char *b);
/** sag_ui_labels_card_label: for cards. */
SagUiLabel sag_ui_labels_card_label (SagLabelValue value);
/** sag_ui_labels_tell_card: the answer to the task may be shown if it has a label. */
void sag_ui_labels_tell_card (SagUiLabels *self, guint place);
/** sag_ui_labels_forget_steps: somebody else works: what was said by the reader before is not undone by this one. */
void sag_ui_labels_forget_steps (SagUiLabels *self);
/** sag_ui_labels_flush_active: writes for how long the reader worked on the case. */
void sag_ui_labels_flush_active (SagUiLabels *self);
/** sag_ui_labels_create_row: what the reader says now of a task, on top of what there is. */
SagLabelRow *sag_ui_labels_create_row (SagUiLabels *self, guint place, SagLabelValue value);
/** sag_ui_labels_apply: shows and writes rows; no step. */
void sag_ui_labels_apply (SagUiLabels *self, gint64 case_id, const GPtrArray *rows);

/** sag_ui_labels_is_task: the open project asks @text. */
gboolean sag_ui_labels_is_task (SagUiLabels *self, const char *text);

/* labels-early.c: labels that were set on a card when they could not be written: no project was open, it was only
 * looked at, does not ask that, or its own labels were not read yet. */

/**
 * SagUiEarly: @seen, @bundle: (nullable): as when it was set: what was shown since does not count
 * @posted: serial of the project without a name that it was written to; 0: of none
 * @asks: serial of the new project that gets a task for it; 0: none
 */
typedef struct
{
  char      *text;
  char      *reader;
  SagUiLabel label;
  gboolean   seen;
  char      *bundle;
  guint      posted;
  guint      asks;
} SagUiEarly;

/** sag_ui_labels_note_early: @label (none: not any more) of @text about @one waits. Returns: for the first time. */
gboolean
sag_ui_labels_note_early (SagUiLabels *self, SagUiCase *one, const char *text, SagUiLabel label);
/** sag_ui_labels_say_homeless: if the project does not ask @text its label has no place in it. */
void sag_ui_labels_say_homeless (SagUiLabels *self, const char *text);
/** sag_ui_labels_note_left: the same, as it was found. */
void sag_ui_labels_note_left (SagUiLabels       *self,
                              SagUiCase         *one,
                              const char        *text,
                              const SagLabelRow *row);
/** sag_ui_labels_has_early: one waits that the present reader set. */
gboolean sag_ui_labels_has_early (SagUiLabels *self, guint place);
/** sag_ui_labels_take_early: those of tasks without a label are written now, the others forgotten. */
void sag_ui_labels_take_early (SagUiLabels *self);

/** sag_ui_labels_rename_early: whoever set them has the present reader's name now. */
void sag_ui_labels_rename_early (SagUiLabels *self);
/** sag_ui_labels_drop_posted: the open project has all that was written to one without a name, of what it asks. */
void sag_ui_labels_drop_posted (SagUiLabels *self);

/** sag_ui_labels_foreach_early: all that waits about @one. */
void sag_ui_labels_foreach_early (SagUiCase *one,
                                  void (*func) (SagUiEarly *early, gpointer user_data),
                                  gpointer user_data);

/* labels-implicit.c: those, as long as no project is open. */

/** sag_ui_labels_update_loss: what would be lost with @one. */
void sag_ui_labels_update_loss (SagUiLabels *self, SagUiCase *one);
/** sag_ui_labels_shelter: what waits about @one is written to the implicit project, or the new one; @text changed. */
void sag_ui_labels_shelter (SagUiLabels *self, SagUiCase *one, const char *text);
/** sag_ui_labels_watch_implicit: once. */
void sag_ui_labels_watch_implicit (SagUiLabels *self);

/* labels-seen.c: which answers were shown outlives the session. */

/** sag_ui_labels_note_seen: what was shown of the current case since is written. */
void sag_ui_labels_note_seen (SagUiLabels *self);
/** sag_ui_labels_take_seen: (element-type SagSeenRow): what the project knows was shown of it before. */
void sag_ui_labels_take_seen (SagUiLabels *self, const GPtrArray *rows);

/** sag_ui_labels_forget_seen: somebody else works: what the reader before was shown is not theirs. */
void sag_ui_labels_forget_seen (SagUiLabels *self);

/** sag_ui_labels_change: a step of the journal. @after: (transfer full): rows of the current case */
void sag_ui_labels_change (SagUiLabels *self, GPtrArray *after, const char *title);

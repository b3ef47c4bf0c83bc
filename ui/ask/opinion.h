/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/answer.h"
#include "ui/case/case.h"

G_BEGIN_DECLS

/** SagUiLabel: what a reader says of a finding. */
typedef enum
{
  SAG_UI_LABEL_NONE,
  SAG_UI_LABEL_PRESENT,
  SAG_UI_LABEL_ABSENT,
  SAG_UI_LABEL_UNSURE,
  SAG_UI_LABEL_NOT_EVALUABLE,
  SAG_UI_LABEL_CENSORED,
} SagUiLabel;

/** sag_ui_label_to_string: "present", "absent", "unsure", ... as files say it; NULL for none. */
const char *sag_ui_label_to_string (SagUiLabel label);
/** sag_ui_label_get_title: the same for people. */
const char *sag_ui_label_get_title (SagUiLabel label);

/**
 * SagUiOpinion: what the reader of a case said of one text, and whether the model had spoken before.
 * Kept with the case for as long as the program runs.
 *
 * @label_first: the label stood before any number or map of this text was shown
 * @seen: a number or map of this text has been shown
 * @labelled_at, @seen_at: (nullable): local time
 * @bundle: (nullable): SHA-256 of the model whose answer was shown; NULL: there was none yet
 * @answer: (nullable): the newest that was shown
 */
typedef struct
{
  SagUiLabel label;
  gboolean   label_first;
  gboolean   seen;
  GDateTime *labelled_at;
  GDateTime *seen_at;
  char      *bundle;
  SagAnswer *answer;
} SagUiOpinion;

/** sag_ui_opinion_get: (transfer none): of @text about @one; made on first use. */
const SagUiOpinion *sag_ui_opinion_get (SagUiCase *one, const char *text);

/** sag_ui_opinion_set_label: the order is recorded with the first label. */
void sag_ui_opinion_set_label (SagUiCase *one, const char *text, SagUiLabel label);

/**
 * sag_ui_opinion_see: an answer to @text is being shown, or will be as soon as there is one.
 * @bundle: (nullable): the SHA-256 of the model that gave it
 */
void sag_ui_opinion_see (SagUiCase *one, const char *text, const char *bundle);

/** sag_ui_opinion_forget: somebody else reads the case now, who has said and seen nothing yet. */
void sag_ui_opinion_forget (SagUiCase *one);

/** sag_ui_opinion_see_answer: this one. */
void sag_ui_opinion_see_answer (SagUiCase *one, SagAnswer *answer);

/**
 * sag_ui_opinion_find_seen: (nullable): the model of an answer that was shown for a text about which
 * @is says TRUE.
 */
const char *sag_ui_opinion_find_seen (SagUiCase *one,
                                      gboolean (*is) (const char *text, gpointer user_data),
                                      gpointer user_data);

/**
 * sag_ui_opinion_foreach_seen: every text whose answer was shown, with the model that gave it; @func changes
 * no opinion. @answer: (nullable): it was shown in another session
 */
void sag_ui_opinion_foreach_seen (
  SagUiCase *one,
  void (*func) (const char *text, const char *bundle, SagAnswer *answer, gpointer user_data),
  gpointer user_data);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagTaskKind: what a task's text asks for, by its first word.
 *
 * "Diagnose ..." and "Predict ..." train the class head, "Segment ..." the patch head; everything else, a
 * question say, was never a kind of its own in training.
 */
typedef enum
{
  SAG_TASK_DIAGNOSE,
  SAG_TASK_PREDICT,
  SAG_TASK_SEGMENT,
  SAG_TASK_OTHER,
} SagTaskKind;

/**
 * sag_task_kind: looks at the first word of @text.
 *
 * Upstream takes every text that starts with the letters "Segment" for a segmentation. Here the word must end
 * there ("Segmental atelectasis?" is a question), and leading space and case do not matter.
 */
SagTaskKind sag_task_kind (const char *text);

/** sag_task_kind_to_string: "diagnose", "predict", "segment", "other". */
const char *sag_task_kind_to_string (SagTaskKind kind);

/** sag_task_kind_from_string: FALSE, leaving @kind alone, for any other word. */
gboolean sag_task_kind_from_string (const char *name, SagTaskKind *kind);

/**
 * sag_task_slug: a short name for file names: lower-case ASCII letters, digits and dashes, 1 to 40 of them.
 *
 * The finding for a text of a known form ("pleural-effusion", "mortality-6-months", "segment-lungs"), else
 * the start of the text; "task" where nothing of it can be said in ASCII. Not unique.
 */
char *sag_task_slug (const char *text);

/**
 * SagTaskWords: a text of a known form, taken apart.
 * @text: the whole of it, as valid UTF-8 with single spaces
 * @kind: as of sag_task_kind()
 * @finding: (nullable): a label, or the structure to segment; NULL where the form is unknown
 * @finding_start: where @finding stands in @text
 * @preposition: (nullable): "in" or "around" the organ
 * @organ: (nullable)
 * @months: of a prediction, else 0
 *
 * Case is as in the text. The forms, with or without a stop or question mark at the end:
 *
 *   Diagnose the presence of FINDING [in|around [the] ORGAN]
 *   Predict the risk of FINDING in N month[s]
 *   Segment [the] FINDING [in the image]
 *   Is there [a|an|any] FINDING [in|around [the] ORGAN]
 */
typedef struct
{
  char       *text;
  SagTaskKind kind;
  char       *finding;
  gsize       finding_start;
  char       *preposition;
  char       *organ;
  guint       months;
} SagTaskWords;

/** sag_task_words_init: @text may be anything; bytes that are not UTF-8 are replaced. */
void sag_task_words_init (SagTaskWords *words, const char *text);
void sag_task_words_clear (SagTaskWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagTaskWords, sag_task_words_clear)

/** sag_task_dup_horizon: "1 month", "6 months". */
char *sag_task_dup_horizon (guint months);

G_END_DECLS

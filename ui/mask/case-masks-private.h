/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of SagUiCaseMasks: case-masks.c keeps the list and what can be undone, case-masks-info.c changes what
 * stands in it, case-masks-work.c does the work. */

#include "ui/mask/case-masks.h"

G_BEGIN_DECLS

/** SagUiMaskJob: one piece of work that waits or is under way. */
typedef struct _SagUiMaskJob SagUiMaskJob;

/**
 * @journal: (nullable): weak
 * @generation: of the set: steps of an earlier one are no longer there
 * @live: (nullable): the mask @live_id with the stroke that is drawn on it
 * @jobs: (element-type SagUiMaskJob): the first one is under way if @is_running
 * @stroke: (nullable): that of @jobs which still grows
 * @store: (nullable): only compared: the project's that it was met in, as @case_id, with the masks of @reader
 * @one: (nullable): weak
 * @kept: (element-type utf8 SagMask): what files have
 */
struct _SagUiCaseMasks
{
  GObject parent;

  SagUiJournal *journal;
  SagMaskSet   *set;
  guint         generation;
  char         *active;
  SagMask      *live;
  char         *live_id;
  GQueue        jobs;
  gboolean      is_running;
  SagUiMaskJob *stroke;
  GHashTable   *kept;
  GHashTable   *left; /* id -> SagMask: of a project that was left */
  gboolean      is_stored;
  gpointer      store;
  gint64        case_id;
  char         *reader;
  SagUiCase    *one;
};

/** sag_ui_case_masks_said: takes @sentence. */
void sag_ui_case_masks_said (SagUiCaseMasks *self, char *sentence, gboolean failed);
/** sag_ui_case_masks_failed: the same of an error. */
void sag_ui_case_masks_failed (SagUiCaseMasks *self, const GError *error);
/** sag_ui_case_masks_pushed: a step called @title was done: notes it in the journal. */
void sag_ui_case_masks_pushed (SagUiCaseMasks *self, const char *title);
/** sag_ui_case_masks_take_live: (transfer full) (nullable): what is drawn now. */
void sag_ui_case_masks_take_live (SagUiCaseMasks *self, const char *id, SagMask *live);
/** sag_ui_case_masks_commit: @mask becomes what @id holds. */
void
sag_ui_case_masks_commit (SagUiCaseMasks *self, const char *title, const char *id, SagMask *mask);
/** sag_ui_case_masks_check: @id can be changed; says so if not. */
gboolean sag_ui_case_masks_check (SagUiCaseMasks *self, const char *id);

/** sag_ui_case_masks_update_loss: says with the case what would be lost with it. */
void sag_ui_case_masks_update_loss (SagUiCaseMasks *self);

/** sag_ui_case_masks_note_left: the mask is as it is now in a project that is left. */
void sag_ui_case_masks_note_left (SagUiCaseMasks *self, const char *id, SagMask *mask);
/**
 * sag_ui_case_masks_drop_left: what a project that was left has, and @set of another one has not, is that project's:
 * it is not shown any more. What was changed since stays.
 */
void sag_ui_case_masks_drop_left (SagUiCaseMasks *self, SagMaskSet *set);

/** sag_ui_case_masks_dup_own: (transfer full): what is in no project and no file as it is now. */
SagMaskSet *sag_ui_case_masks_dup_own (SagUiCaseMasks *self);
/** sag_ui_case_masks_add_all: as new masks; not empty ones. */
void sag_ui_case_masks_add_all (SagUiCaseMasks *self, SagMaskSet *set);
/** sag_ui_case_masks_put_new: those of @set that are not here: they came into the project behind; no step. */
void sag_ui_case_masks_put_new (SagUiCaseMasks *self, SagMaskSet *set);
/**
 * sag_ui_case_masks_give_way: from now on @one has @other, which are of the same case; what is only here
 * joins them.
 */
void sag_ui_case_masks_give_way (SagUiCaseMasks *self, SagUiCaseMasks *other, SagUiCase *one);

void sag_ui_case_masks_drop_jobs (SagUiCaseMasks *self);

G_END_DECLS

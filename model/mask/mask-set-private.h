/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The list of masks and the list of their steps for each other. */

#include "model/mask/mask-set.h"

G_BEGIN_DECLS

struct _SagMaskSet
{
  SagGeometry     geometry;
  GPtrArray      *items;    /* mask-set.c knows what they are */
  GPtrArray      *entries;  /* steps, oldest first; mask-set-steps.c knows what they are */
  guint           position; /* entries before it are done */
  gint64          next_number;
  gsize           budget_bytes;
  gboolean        kept; /* somebody has all steps: they can be let go and loaded again */
  SagMaskSetFunc  func;
  gpointer        func_data;
  GDestroyNotify  func_destroy;
  SagMaskLoadFunc load;
  gpointer        load_data;
};

/** sag_mask_entries_new: (transfer full): for the steps of a set. */
GPtrArray *sag_mask_entries_new (void);

/** sag_mask_set_push: tells of a step that was just done, keeps it for undo, and forgets what could be redone. */
void sag_mask_set_push (SagMaskSet *set, SagMaskStep *step);

/** sag_mask_set_apply: one change of a step, there or @back. */
gboolean
sag_mask_set_apply (SagMaskSet *set, SagMaskStep *step, guint c, gboolean back, GError **error);

G_END_DECLS

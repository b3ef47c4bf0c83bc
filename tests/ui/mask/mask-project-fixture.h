/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What tests of masks in a project share: a session with a project and a scan that is painted on. */

#include "ui/mask/masks-private.h"
#include "ui/project/project.h"

G_BEGIN_DECLS

/** @scan: `a`; @file: of the project; @one: the scan that was opened last. */
typedef struct
{
  char         *folder;
  GFile        *scan;
  GFile        *file; /* of the project */
  SagUiEngine  *engine;
  SagUiSession *session;
  SagUiProject *project;
  SagUiMasks   *masks;
  SagUiCase    *one;
} SagTestMasks;

void sag_test_masks_set_up (SagTestMasks *self, gconstpointer data);
void sag_test_masks_tear_down (SagTestMasks *self, gconstpointer data);
/** sag_test_masks_begin, sag_test_masks_end: a session of the program; the files stay. */
void sag_test_masks_begin (SagTestMasks *self);
void sag_test_masks_end (SagTestMasks *self);

void sag_test_masks_open_project (SagTestMasks *self, gboolean create);
void sag_test_masks_close_project (SagTestMasks *self);
/** sag_test_masks_saved: waits until everything is on disk. */
void sag_test_masks_saved (SagTestMasks *self);

/** sag_test_masks_open_scan: and makes it current. */
void sag_test_masks_open_scan (SagTestMasks *self);
/** sag_test_masks_open: the project and the scan, whose masks it keeps from now on. */
void sag_test_masks_open (SagTestMasks *self, gboolean create);
/** sag_test_masks_add_other_file: a neighbour in the list, read, not current. */
SagUiCase *sag_test_masks_add_other_file (SagTestMasks *self, GFile *file);
/** sag_test_masks_add_other: the same of a new scan. */
SagUiCase *sag_test_masks_add_other (SagTestMasks *self,
                                     const char   *name,
                                     double        spacing_mm,
                                     gboolean      current);

/** sag_test_masks_paint: a ball on the active mask at voxel @i of the first axis. */
void sag_test_masks_paint (SagTestMasks *self, gint32 i);
/** sag_test_masks_wait: until no work on masks is under way. */
void sag_test_masks_wait (SagTestMasks *self);
void sag_test_masks_undo (SagTestMasks *self);
/** sag_test_masks_count: voxels of a mask of the current case; count_of: of the first one of @one. */
gint64 sag_test_masks_count (SagTestMasks *self, guint index);
gint64 sag_test_masks_count_of (SagUiCase *one);

G_END_DECLS

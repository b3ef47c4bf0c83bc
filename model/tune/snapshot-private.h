/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* For the files of a snapshot alone. */

#include "model/export/samples.h"
#include "model/tune/snapshot.h"

G_BEGIN_DECLS

/**
 * SagSnapshotSample: a row of the tables.
 * @of_case, @task: numbers
 * @mask: (nullable): path below the folder; @n_voxels of it
 * @mask_hash: (nullable)
 */
typedef struct
{
  guint  of_case;
  guint  task;
  double label;
  char  *mask;
  gsize  n_voxels;
  char  *mask_hash;
} SagSnapshotSample;

/**
 * SagSnapshotScan: beside the public part of a case.
 * @path: of the scan; @content: SHA-256 of the file, else the case's UUID
 * @patient: a code
 * @split: (nullable): that the project says
 * @group: cases of a group stay together
 */
typedef struct
{
  SagSnapshotCase public;
  char *path;
  char *content;
  char *patient;
  char *split;
  guint group;
} SagSnapshotScan;

struct _SagSnapshot
{
  char      *folder;
  guint      n_folds;
  gboolean   follows_splits;
  guint64    seed;
  gsize      n_patients;
  GPtrArray *cases;   /* of SagSnapshotScan */
  GPtrArray *tasks;   /* of SagSnapshotTask */
  GPtrArray *samples; /* of SagSnapshotSample; none after opening */
  GPtrArray *notes;   /* NULL at the end once it is made */
  char      *labels_hash;
  char      *project_hash;
};

SagSnapshot *sag_snapshot_alloc (const char *folder);
void         sag_snapshot_note (SagSnapshot *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** sag_snapshot_draw: gives every case its part and fold. Errors: as sag_snapshot_new() */
gboolean sag_snapshot_draw (SagSnapshot *self, const SagSnapshotOptions *options, GError **error);

/** sag_snapshot_save: the tables, and snapshot.json. */
gboolean sag_snapshot_save (SagSnapshot *self, GError **error);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/compose.h"
#include "model/dataset/rows.h"
#include "model/text/catalogue.h"

G_BEGIN_DECLS

/* For model/dataset/compose*.c alone. */

/**
 * SagComposeScan:
 * @name: without folder and .nii.gz, .nii or .bin
 * @split: -1 until one is known
 * @mask, @nodules: (nullable): files
 * @key: folder and name, for random choices that hold wherever the data lie
 * @where: "table.csv, line 4", for messages
 * @conflict: (nullable): where it was put in another split
 */
typedef struct
{
  char *path;
  char *name;
  char *patient;
  char *study;
  int   split;
  char *mask;
  char *nodules;
  char *key;
  char *where;
  char *conflict;
} SagComposeScan;

/** SagComposeLabel: @task, @scan: numbers. */
typedef struct
{
  guint    task;
  guint    scan;
  gboolean positive;
} SagComposeLabel;

/**
 * SagComposeRow: a line of the manifest.
 * @label: -1: a mask
 * @segment: (nullable): the organ's task; NULL with a mask means nodules
 */
typedef struct
{
  guint          task;
  guint          scan;
  int            label;
  const SagTask *segment;
} SagComposeRow;

struct _SagComposition
{
  const SagComposeOptions *options; /* while it is being made */
  guint64                  seed;
  SagComposeBalance        balance;
  double                   organ_share;
  guint                    nodule_repeat;
  GPtrArray               *scans;        /* of SagComposeScan */
  GHashTable              *scan_numbers; /* path -> number + 1 */
  GPtrArray               *tasks;        /* of SagComposeTask */
  GArray                  *labels;       /* of SagComposeLabel */
  GHashTable              *seen_labels;  /* "task scan" -> positive + 1 */
  GArray                  *rows;         /* of SagComposeRow */
  SagComposeCounts         counts;
  char                    *first_missing;
  gboolean                 any_patient;
  GPtrArray               *warnings; /* NULL at the end */
};

/** SagComposeFiles: scans or masks below a folder, by name. */
typedef struct _SagComposeFiles SagComposeFiles;

/** sag_compose_files_new: Errors: G_FILE_ERROR, SAG_ERROR_ARGUMENT if there is no .nii, .nii.gz or .bin */
SagComposeFiles *sag_compose_files_new (const char *folder, gboolean of_masks, GError **error);
void             sag_compose_files_free (SagComposeFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagComposeFiles, sag_compose_files_free)

/** sag_compose_files_find: (nullable): the file of a scan called @name. */
const char *sag_compose_files_find (SagComposeFiles *files, const char *name);
gsize       sag_compose_files_count (SagComposeFiles *files);
/** sag_compose_files_list: (transfer container) (element-type utf8): names in order. */
GPtrArray *sag_compose_files_list (SagComposeFiles *files);

/** sag_compose_dup_name: "scan" of "a/scan.nii.gz". */
char *sag_compose_dup_name (const char *path);

/** sag_compose_read_table: adds the scans and labels of a table. @images: (nullable) */
gboolean sag_compose_read_table (SagComposition  *self,
                                 const char      *path,
                                 SagComposeFiles *images,
                                 GError         **error);

/** sag_compose_add_scan: the number of the scan with this file, made if it is new. Takes nothing. */
guint sag_compose_add_scan (
  SagComposition *self, const char *path, const char *patient, int split, const char *where);

/** sag_compose_find_task: the number of the task with this question, made if it is new. */
guint sag_compose_find_task (SagComposition *self,
                             const char     *question,
                             const char     *column,
                             gboolean        of_catalogue);

/** sag_compose_assign_splits: every patient gets one. Error: SAG_ERROR_FORMAT */
gboolean sag_compose_assign_splits (SagComposition *self, GError **error);

/** sag_compose_choose: balances, and adds organ and nodule rows. */
void sag_compose_choose (SagComposition *self);

void sag_compose_warn (SagComposition *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/text/task.h"
#include "model/text/task-list.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagTaskSource: where a catalogue's sentence stands, word for word.
 * @SAG_TASK_SOURCE_PAPER: printed in the paper
 * @SAG_TASK_SOURCE_CODE: built by upstream's code
 * @SAG_TASK_SOURCE_OURS: made from the paper's template and label; organ, preposition and readable wording are ours
 */
typedef enum
{
  SAG_TASK_SOURCE_PAPER,
  SAG_TASK_SOURCE_CODE,
  SAG_TASK_SOURCE_OURS,
} SagTaskSource;

/** SagTaskDataset: the sets of the paper that a task belongs to; flags. */
typedef enum
{
  SAG_TASK_DATASET_CT_RATE = 1 << 0,
  SAG_TASK_DATASET_INSPECT_OWN = 1 << 1,
  SAG_TASK_DATASET_INSPECT_SHARED = 1 << 2,
  SAG_TASK_DATASET_RADCHEST_SHARED = 1 << 3,
  SAG_TASK_DATASET_RADCHEST_UNIQUE = 1 << 4,
  SAG_TASK_DATASET_SEGMENTATION_PAPER = 1 << 5,
  SAG_TASK_DATASET_SEGMENTATION_CODE = 1 << 6,
  SAG_TASK_DATASET_LUNA16 = 1 << 7,
} SagTaskDataset;

typedef enum
{
  SAG_LATERALITY_NONE,
  SAG_LATERALITY_LEFT,
  SAG_LATERALITY_RIGHT,
} SagLaterality;

/**
 * SagTask: a text that a model is asked, and what is known of it.
 * @text: verbatim; never changed, because a model answers to the very words
 * @slug: sag_task_slug() of it
 * @finding: tasks with the same one ask the same thing in other words
 * @label: for people
 * @dataset_label: (nullable): as the data set spells it, where that differs
 * @organ, @preposition: (nullable): of a diagnosis
 * @note: (nullable): a sentence to show beside it
 * @datasets: flags of SagTaskDataset
 * @prognostic: predicts, after @months
 * @derived: a union of several structures
 * @target_ids: (array length=n_target_ids): TotalSegmentator v2 labels whose union is the mask of a segmentation
 * @upstream_ids: (array length=n_upstream_ids): those that upstream's code takes, where it takes other ones
 * (left and right lung swapped, ribs left out); none where it agrees
 */
typedef struct
{
  const char   *text;
  const char   *slug;
  const char   *finding;
  const char   *label;
  const char   *dataset_label;
  const char   *organ;
  const char   *preposition;
  const char   *note;
  SagTaskKind   kind;
  SagTaskSource source;
  guint         datasets;
  gboolean      prognostic;
  guint         months;
  SagLaterality laterality;
  gboolean      derived;
  gsize         n_target_ids;
  const gint32 *target_ids;
  gsize         n_upstream_ids;
  const gint32 *upstream_ids;
} SagTask;

/** SagTaskTemplate: a sentence with {finding}, {organ} and {horizon} in it. */
typedef struct
{
  SagTaskKind   kind;
  SagTaskSource source;
  const char   *text;
} SagTaskTemplate;

/** SagCatalogue: known tasks in a useful order. Immutable, atomically reference counted; any thread. */
typedef struct _SagCatalogue SagCatalogue;

/**
 * sag_catalogue_load: reads a catalogue (`data/tasks/catalogue.json` is the one that ships).
 *
 * Errors: SAG_ERROR_FORMAT naming file, task and key; SAG_ERROR_LIMIT above 16 MiB; G_FILE_ERROR
 */
SagCatalogue *sag_catalogue_load (const char *path, GError **error);

/** sag_catalogue_new: the same from memory; @name stands in messages. */
SagCatalogue *
sag_catalogue_new (const char *json, gsize size_bytes, const char *name, GError **error);

/**
 * sag_catalogue_get_default: the catalogue that ships with Sagitta, read once.
 *
 * Returns: (transfer none) (nullable): NULL where it is missing (G_FILE_ERROR) or damaged (SAG_ERROR_FORMAT)
 */
SagCatalogue *sag_catalogue_get_default (GError **error);

SagCatalogue *sag_catalogue_ref (SagCatalogue *catalogue);
void          sag_catalogue_unref (SagCatalogue *catalogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagCatalogue, sag_catalogue_unref)

/* What these return lives as long as the catalogue. */

gsize          sag_catalogue_get_n_tasks (SagCatalogue *catalogue);
const SagTask *sag_catalogue_get_task (SagCatalogue *catalogue, gsize index);

/** sag_catalogue_find: (nullable): the task with exactly this text. */
const SagTask *sag_catalogue_find (SagCatalogue *catalogue, const char *text);

/**
 * sag_catalogue_find_wordings: the tasks that ask the same thing as @text, itself excluded.
 *
 * Returns: (transfer container) (element-type SagTask): in the catalogue's order
 */
GPtrArray *sag_catalogue_find_wordings (SagCatalogue *catalogue, const char *text);

/**
 * sag_catalogue_same_finding: whether two texts ask for the same finding, prediction or structure.
 * @a, @b: any texts, in the catalogue or not
 *
 * A segmentation is never the same as a diagnosis, nor is a text with "left" or with "no" in it the same as one
 * without. A free question counts by the known finding that it names. When in doubt, FALSE.
 */
gboolean sag_catalogue_same_finding (SagCatalogue *catalogue, const char *a, const char *b);

/**
 * sag_catalogue_complete: tasks to offer while a person types.
 * @typed: the text so far; case does not matter; "" offers all
 *
 * Texts that start with @typed come first, then labels that do, then texts with a word that does.
 *
 * Returns: (transfer container) (element-type SagTask): at most @limit
 */
GPtrArray *sag_catalogue_complete (SagCatalogue *catalogue, const char *typed, gsize limit);

gsize                  sag_catalogue_get_n_templates (SagCatalogue *catalogue);
const SagTaskTemplate *sag_catalogue_get_template (SagCatalogue *catalogue, gsize index);

/**
 * sag_task_template_fill: puts words into a template's text.
 * @finding: for {finding}
 * @organ: (nullable): for {organ}
 * @months: for {horizon}: "1 month", "6 months"
 */
char *
sag_task_template_fill (const char *text, const char *finding, const char *organ, guint months);

const char *sag_task_source_to_string (SagTaskSource source);
const char *sag_laterality_to_string (SagLaterality laterality);

/** sag_task_dataset_to_string: of a single flag: "ct-rate", "inspect-own", ... */
const char *sag_task_dataset_to_string (SagTaskDataset dataset);

G_END_DECLS

/* SPDX-License-Identifier: Apache-2.0 */

/* What a bundle's task list says of a text: DESIGN.md section 4, "Honest answers". */

#include "model/bundle/manifest.h"
#include "model/text/catalogue.h"

#include <string.h>

/* Training gives "Segment" texts masks only, and "Diagnose" and "Predict" texts labels only. */
static gboolean
is_never (const char *text, SagHead head)
{
  SagTaskKind kind = sag_task_kind (text);

  if (head == SAG_HEAD_CLASS)
    return kind == SAG_TASK_SEGMENT;
  return kind == SAG_TASK_DIAGNOSE || kind == SAG_TASK_PREDICT;
}

SagTraining
sag_bundle_get_training (SagBundle *bundle, const char *text, SagHead head)
{
  const SagManifest *manifest;
  SagCatalogue      *catalogue;

  g_return_val_if_fail (bundle != NULL && text != NULL, SAG_TRAINING_UNKNOWN);

  manifest = sag_bundle_get_manifest (bundle);
  for (guint i = 0; i < manifest->tasks->len; i++)
    {
      const SagBundleTask *task = manifest->tasks->pdata[i];

      if (task->head == head && strcmp (task->text, text) == 0)
        return SAG_TRAINING_TRAINED;
    }
  if (is_never (text, head))
    return SAG_TRAINING_NEVER;
  if (!manifest->knows_tasks)
    return SAG_TRAINING_UNKNOWN;
  catalogue = sag_catalogue_get_default (NULL);
  for (guint i = 0; catalogue != NULL && i < manifest->tasks->len; i++)
    {
      const SagBundleTask *task = manifest->tasks->pdata[i];

      if (task->head == head && sag_catalogue_same_finding (catalogue, task->text, text))
        return SAG_TRAINING_OTHER_WORDING;
    }
  return SAG_TRAINING_NEVER;
}

const char *
sag_training_to_string (SagTraining training)
{
  static const char *const names[] = {
    [SAG_TRAINING_UNKNOWN] = "unknown",
    [SAG_TRAINING_NEVER] = "never trained",
    [SAG_TRAINING_OTHER_WORDING] = "other wording",
    [SAG_TRAINING_TRAINED] = "trained",
  };

  g_return_val_if_fail ((gsize) training < G_N_ELEMENTS (names), NULL);
  return names[training];
}

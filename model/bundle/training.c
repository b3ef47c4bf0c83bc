/* SPDX-License-Identifier: Apache-2.0 */

/* What a bundle's task list says of a text: DESIGN.md section 4, "Honest answers". */

#include "model/bundle/manifest.h"

#include <string.h>

static gboolean
is_segmentation (const char *text)
{
  return g_ascii_strncasecmp (text, "Segment ", strlen ("Segment ")) == 0;
}

SagTraining
sag_bundle_get_training (SagBundle *bundle, const char *text, SagHead head)
{
  const SagManifest *manifest;

  g_return_val_if_fail (bundle != NULL && text != NULL, SAG_TRAINING_UNKNOWN);

  manifest = sag_bundle_get_manifest (bundle);
  for (guint i = 0; i < manifest->tasks->len; i++)
    {
      const SagBundleTask *task = manifest->tasks->pdata[i];

      if (task->head == head && strcmp (task->text, text) == 0)
        return SAG_TRAINING_TRAINED;
    }
  if (is_segmentation (text) == (head == SAG_HEAD_CLASS))
    return SAG_TRAINING_NEVER;
  return manifest->knows_tasks ? SAG_TRAINING_NEVER : SAG_TRAINING_UNKNOWN;
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
